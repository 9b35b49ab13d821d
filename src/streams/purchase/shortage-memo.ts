import type { Clock } from '../../ports/clock.ts';

interface Shortage {
  readonly remaining: number;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/**
 * Remembers briefly how many tickets were left of sales that had too few for a purchase, so that losing requests cost almost
 * nothing. A returned ticket is for sale again no later than this time after its return.
 */
export class ShortageMemo {
  readonly #bySale = new Map<string, Shortage>();

  constructor(
    private readonly clock: Clock,
    /** How long shortages added from now on are remembered, milliseconds. */
    public ms: number,
  ) {}

  /** No purchase of more tickets than this can succeed; infinite if nothing is remembered. */
  remaining(saleId: string): number {
    const shortage = this.#bySale.get(saleId);
    if (shortage === undefined) return Number.POSITIVE_INFINITY;
    if (this.clock.monotonic() < shortage.until) return shortage.remaining;
    this.#bySale.delete(saleId);
    return Number.POSITIVE_INFINITY;
  }

  /** The sale has changed: it may have more tickets. */
  forget(saleId: string): void {
    this.#bySale.delete(saleId);
  }

  /** There were as few tickets left since then; how long it is remembered does not change. */
  lower(saleId: string, remaining: number): void {
    const shortage = this.#bySale.get(saleId);
    if (shortage !== undefined && remaining < shortage.remaining) {
      this.#bySale.set(saleId, { remaining, until: shortage.until });
    }
  }

  add(saleId: string, remaining: number): void {
    this.#bySale.set(saleId, { remaining, until: this.clock.monotonic() + this.ms });
  }
}
