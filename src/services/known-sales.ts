import { isPublic, type Sale } from '../domain/sale.ts';
import type { Catalogue, SaleQuery } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import { everySale } from './every-sale.ts';

/** How long after its end a sale counts as recent: it may still be closed, and viewed. */
const RECENT_MS = 24 * 60 * 60 * 1000;

/** How often all sales are read while there are changes: an old sale rarely has one. A few pages, once a minute. */
const READ_ALL_EVERY_MS = 60_000;

export interface KnownSalesPorts {
  readonly catalogue: Pick<Catalogue, 'sales' | 'salesRevision'>;
  readonly clock: Clock;
}

export interface KnownSalesOptions {
  /** Whether those are included that buyers can't see. */
  readonly includeDrafts: boolean;
}

/**
 * The catalogue's sales, kept up to date by asking often whether any has changed: only then are the recent ones read, and
 * all of them now and then. A public sale stays public; a draft that was deleted is kept until all are read.
 */
export class KnownSales {
  readonly #byId = new Map<string, Sale>();
  /** By id; made when it is needed. */
  #sorted: readonly Sale[] | undefined;
  /** Monotonic milliseconds. */
  #readAt = Number.NEGATIVE_INFINITY;
  #allReadAt = Number.NEGATIVE_INFINITY;
  /** Of the catalogue, before the last reading, and before the last one of all sales. */
  #revision: number | undefined;
  #allRevision: number | undefined;

  constructor(
    private readonly ports: KnownSalesPorts,
    private readonly options: KnownSalesOptions,
  ) {}

  /** Increases with each change; see Catalogue. As of the last reading, undefined before the first. */
  get revision(): number | undefined {
    return this.#revision;
  }

  /** Reads what has changed and returns the recent ones. Errors: those of the catalogue; a failed reading changes nothing. */
  async refresh(): Promise<readonly Sale[]> {
    const { catalogue, clock } = this.ports;
    const startedAt = clock.monotonic();
    const endsAfter = clock.now() - RECENT_MS;
    // Before the sales: what changes in between is read again.
    const revision = await catalogue.salesRevision();
    const readAll = revision !== this.#allRevision && startedAt - this.#allReadAt >= READ_ALL_EVERY_MS;
    if (readAll || revision !== this.#revision) {
      const read: Sale[] = [];
      const { includeDrafts } = this.options;
      const query = readAll ? { includeDrafts } : { includeDrafts, endsAfter };
      for await (const sale of everySale(catalogue, query)) read.push(sale);
      for (const sale of read) if ((this.#byId.get(sale.id)?.version ?? 0) < sale.version) this.#keep(sale);
      if (readAll) {
        this.#dropDeleted(read);
        this.#allReadAt = startedAt;
        this.#allRevision = revision;
      }
      this.#revision = revision;
    }
    this.#readAt = startedAt;
    return this.#recent(endsAfter);
  }

  get(saleId: string): Sale | undefined {
    return this.#byId.get(saleId);
  }

  /** Whether they were read, at most `maxAgeMs` ago. */
  known(maxAgeMs = Number.POSITIVE_INFINITY): boolean {
    return this.#readAt !== Number.NEGATIVE_INFINITY && this.ports.clock.monotonic() - this.#readAt <= maxAgeMs;
  }

  /** In the order of ids; the same array until one changes. */
  get all(): readonly Sale[] {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return this.#sorted;
  }

  /** Those whose ids are greater, in the order of ids. */
  after(saleId = ''): readonly Sale[] {
    return this.all.slice(firstAfter(this.all, saleId));
  }

  /** As the catalogue's `sales`, of the last reading. */
  page({ after = '', limit, includeDrafts, endsAfter = Number.NEGATIVE_INFINITY }: SaleQuery): readonly Sale[] {
    const page: Sale[] = [];
    for (let n = firstAfter(this.all, after); n < this.all.length && page.length < limit; n += 1) {
      const sale = this.all[n] as Sale;
      if (sale.closesAt > endsAfter && (includeDrafts || isPublic(sale))) page.push(sale);
    }
    return page;
  }

  #dropDeleted(all: readonly Sale[]): void {
    const ids = new Set(all.map(({ id }) => id));
    for (const { id, status } of this.#byId.values()) {
      if (status !== 'draft' || ids.has(id)) continue;
      this.#byId.delete(id);
      this.#sorted = undefined;
    }
  }

  #recent(endsAfter: number): readonly Sale[] {
    const recent: Sale[] = [];
    for (const sale of this.#byId.values()) if (sale.closesAt > endsAfter) recent.push(sale);
    return recent;
  }

  #keep(sale: Sale): void {
    this.#byId.set(sale.id, sale);
    this.#sorted = undefined;
  }
}

/** The index of the first sale with a greater id, by binary search. */
function firstAfter(sorted: readonly Sale[], saleId: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as Sale).id > saleId) high = middle;
    else low = middle + 1;
  }
  return low;
}
