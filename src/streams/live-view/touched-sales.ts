export interface DueOptions {
  /** A sale is due when it was not touched for so long, milliseconds. */
  readonly quietMs: number;
  /** A sale that never rests is due so long after the first time, milliseconds. */
  readonly busyMs: number;
  /** At most so many at once. */
  readonly maxSales: number;
}

/** When a sale was touched since its last check, by the monotonic clock. */
interface Touched {
  readonly first: number;
  readonly last: number;
}

/** The sales whose live figures have changed, or may have, since they were last checked. */
export class TouchedSales {
  readonly #sales = new Map<string, Touched>();

  touch(saleIds: Iterable<string>, now: number): void {
    for (const saleId of saleIds) {
      this.#sales.set(saleId, { first: this.#sales.get(saleId)?.first ?? now, last: now });
    }
  }

  due(now: number, { quietMs, busyMs, maxSales }: DueOptions): readonly string[] {
    return Array.from(this.#sales)
      .filter(([, { first, last }]) => now - last >= quietMs || now - first >= busyMs)
      .slice(0, maxSales)
      .map(([saleId]) => saleId);
  }

  /** A sale that was touched during its check, which began at `from`, stays for the next one. */
  checked(saleIds: readonly string[], from: number): void {
    for (const saleId of saleIds) {
      const last = this.#sales.get(saleId)?.last ?? from;
      if (last < from) this.#sales.delete(saleId);
      else this.#sales.set(saleId, { first: from, last });
    }
  }
}
