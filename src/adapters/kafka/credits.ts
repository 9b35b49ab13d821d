/** Entries that were handed out and not yet acknowledged, and the room that is left for more. */
export class Credits {
  readonly #max: number;
  #used = 0;
  #wake: (() => void) | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  get room(): number {
    return this.#max - this.#used;
  }

  /** Half of the room must be free, or each small acknowledgement would cause a small read. */
  get roomy(): boolean {
    return this.#used <= this.#max / 2;
  }

  take(count: number): void {
    this.#used += count;
  }

  give(count: number): void {
    this.#used -= count;
    if (this.roomy) this.wake();
  }

  /** Ends the wait for room, whether there is any or not. */
  wake(): void {
    this.#wake?.();
  }

  /** Resolves when there is room, when it is woken, or after `ms`. One waits at a time. */
  async roomAgain(ms: number): Promise<void> {
    if (this.roomy) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
