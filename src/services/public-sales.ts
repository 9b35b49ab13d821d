import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import { everySale } from './every-sale.ts';

/** How long a sale that is over may still change before the eyes of those who look: it may be closed. */
const OVER_MS = 24 * 60 * 60 * 1000;

/** How often all are read, those that were over for long included: a few pages, once a minute. */
const WHOLE_EVERY_MS = 60_000;

/**
 * The sales that buyers may see, read as a whole now and then, and those that are not over for a day each time. None is
 * ever taken out: what buyers have seen stays there to be seen.
 */
export class PublicSales {
  readonly #byId = new Map<string, Sale>();
  /** By id; made when somebody asks. */
  #sorted: readonly Sale[] | undefined;
  /** Monotonic milliseconds. */
  #readAt = Number.NEGATIVE_INFINITY;
  #wholeAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly ports: { readonly catalogue: Pick<Catalogue, 'sales'>; readonly clock: Clock }) {}

  /** Reads them; those that are not over for a day. Nothing of a reading that failed is kept. */
  async refresh(): Promise<readonly Sale[]> {
    const { catalogue, clock } = this.ports;
    const startedAt = clock.monotonic();
    const endsAfter = clock.now() - OVER_MS;
    const whole = startedAt - this.#wholeAt >= WHOLE_EVERY_MS;
    const read: Sale[] = [];
    const query = whole ? { includeDrafts: false } : { includeDrafts: false, endsAfter };
    for await (const sale of everySale(catalogue, query)) read.push(sale);
    for (const sale of read) if (this.#byId.get(sale.id)?.version !== sale.version) this.#keep(sale);
    this.#readAt = startedAt;
    if (whole) this.#wholeAt = startedAt;
    return read.filter(({ closesAt }) => closesAt > endsAfter);
  }

  /** Whether they were read at all, `maxAgeMs` ago at the most. */
  known(maxAgeMs = Number.POSITIVE_INFINITY): boolean {
    return this.#readAt !== Number.NEGATIVE_INFINITY && this.ports.clock.monotonic() - this.#readAt <= maxAgeMs;
  }

  /** Those behind an id, in the order of ids. */
  behind(after = ''): readonly Sale[] {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return this.#sorted.slice(firstBehind(this.#sorted, after));
  }

  #keep(sale: Sale): void {
    this.#byId.set(sale.id, sale);
    this.#sorted = undefined;
  }
}

/** The place of the first sale behind an id, found by halving. */
function firstBehind(sorted: readonly Sale[], after: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as Sale).id > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
