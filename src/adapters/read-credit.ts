import { withTimeLimit } from '../resilience/time-limit.ts';

/** How much a log reader has delivered that is not acknowledged yet, against its limit. */
export class ReadCredit {
  readonly #max: number;
  #used = 0;
  #wake: (() => void) | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  /** What may be delivered now. */
  get room(): number {
    return this.#max - this.#used;
  }

  /** Whether it is time to read: half of the limit must be free, or each small acknowledgement would cause a small read. */
  get hasRoom(): boolean {
    return this.#used <= this.#max / 2;
  }

  take(count: number): void {
    this.#used += count;
  }

  give(count: number): void {
    this.#used -= count;
    if (this.hasRoom) this.wake();
  }

  /** Ends `waitForRoom`, whether there is room or not. */
  wake(): void {
    this.#wake?.();
  }

  /** Resolves when there is room, when it is woken, or after `ms`. Only one caller may wait at a time. */
  async waitForRoom(ms: number): Promise<void> {
    if (this.hasRoom) return;
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await withTimeLimit(woken, { ms, onLate: () => undefined });
    this.#wake = undefined;
  }
}
