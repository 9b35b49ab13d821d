import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import { everySale } from './every-sale.ts';

/** How long after its end a sale counts as recent: it may still be closed, and viewed. */
const RECENT_MS = 24 * 60 * 60 * 1000;

/** How often all sales are read, whether they have changed or not: a few pages, once a minute. */
const READ_ALL_EVERY_MS = 60_000;

/**
 * The sales that buyers may see, kept up to date by asking often whether any has changed: only then are the recent ones
 * read, and all of them now and then. None is ever removed: a public sale stays public.
 */
export class PublicSales {
  readonly #byId = new Map<string, Sale>();
  /** By id; made when it is needed. */
  #sorted: readonly Sale[] | undefined;
  /** Monotonic milliseconds. */
  #readAt = Number.NEGATIVE_INFINITY;
  #allReadAt = Number.NEGATIVE_INFINITY;
  /** Of the catalogue, before the last reading. */
  #revision: number | undefined;

  constructor(
    private readonly ports: { readonly catalogue: Pick<Catalogue, 'sales' | 'salesRevision'>; readonly clock: Clock },
  ) {}

  /** Reads what has changed and returns the recent ones. Errors: those of the catalogue; a failed reading changes nothing. */
  async refresh(): Promise<readonly Sale[]> {
    const { catalogue, clock } = this.ports;
    const startedAt = clock.monotonic();
    const endsAfter = clock.now() - RECENT_MS;
    const readAll = startedAt - this.#allReadAt >= READ_ALL_EVERY_MS;
    // Before the sales: what changes in between is read again.
    const revision = await catalogue.salesRevision();
    if (readAll || revision !== this.#revision) {
      const read: Sale[] = [];
      const query = readAll ? { includeDrafts: false } : { includeDrafts: false, endsAfter };
      for await (const sale of everySale(catalogue, query)) read.push(sale);
      for (const sale of read) if ((this.#byId.get(sale.id)?.version ?? 0) < sale.version) this.#keep(sale);
      if (readAll) this.#allReadAt = startedAt;
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

  /** Those whose ids are greater, in the order of ids. */
  after(saleId = ''): readonly Sale[] {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return this.#sorted.slice(firstAfter(this.#sorted, saleId));
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
