import type { Clock } from '../../ports/clock.ts';

/**
 * Remembers for a moment which sales had no ticket left, so that losers cost almost nothing. A ticket that comes back
 * is for sale again at most that moment later.
 */
export class SoldOutMemo {
  /** Sale -> monotonic milliseconds until when it is remembered. */
  readonly #until = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    /** How long it remembers what is added from now on. Milliseconds. */
    public ms: number,
  ) {}

  has(saleId: string): boolean {
    const until = this.#until.get(saleId);
    if (until === undefined) return false;
    if (this.clock.monotonic() < until) return true;
    this.#until.delete(saleId);
    return false;
  }

  add(saleId: string): void {
    this.#until.set(saleId, this.clock.monotonic() + this.ms);
  }
}
