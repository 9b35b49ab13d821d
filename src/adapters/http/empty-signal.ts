/** Wakes those who wait for a collection to become empty. */
export class EmptySignal {
  #waiting: (() => void)[] = [];

  /** Resolves at the next {@link EmptySignal.notify}. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** The collection has become empty. */
  notify(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
