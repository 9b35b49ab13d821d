import type { Clock } from '../../ports/clock.ts';

/**
 * Remembers briefly which sales had no ticket left, so that losing requests cost almost nothing. A returned ticket is
 * for sale again no later than this time after its return.
 */
export class SoldOutMemo {
  /** Sale id -> monotonic milliseconds until which it is remembered. */
  readonly #until = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    /** How long sales added from now on are remembered, milliseconds. */
    public ms: number,
  ) {}

  has(saleId: string): boolean {
    const until = this.#until.get(saleId);
    if (until === undefined) return false;
    if (this.clock.monotonic() < until) return true;
    this.#until.delete(saleId);
    return false;
  }

  /** The sale has changed: it may have more tickets. */
  forget(saleId: string): void {
    this.#until.delete(saleId);
  }

  add(saleId: string): void {
    this.#until.set(saleId, this.clock.monotonic() + this.ms);
  }
}
