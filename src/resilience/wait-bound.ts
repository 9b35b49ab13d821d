/**
 * How many may wait so that the last of them is served in time, by Little's law: what is done in a second, times the
 * seconds that one may wait. Who comes to a fuller ring is refused at once, and cheaply, rather than late.
 *
 * Only what is done while others wait tells what can be done: the rate of an idle server is that of its clients. So in a
 * window in which nobody had to wait the bound doubles instead, up to the configured one.
 */
export class WaitBound {
  #bound = Number.POSITIVE_INFINITY;
  #perMs = 0;
  #since: number | undefined;
  #done = 0;
  #batches = 0;
  #pressed = 0;

  /** Some were done at `now`, monotonic milliseconds, while so many waited. Returns whether a window ended. */
  observe(done: number, waiting: number, now: number, waitMs: number, floor: number): boolean {
    this.#since ??= now;
    this.#done += done;
    this.#batches += 1;
    if (waiting > 0) this.#pressed += 1;
    const elapsedMs = now - this.#since;
    if (elapsedMs < WINDOW_MS) return false;

    if (this.#pressed * 2 >= this.#batches) {
      const perMs = this.#done / elapsedMs;
      this.#perMs = this.#perMs === 0 ? perMs : this.#perMs + (perMs - this.#perMs) * SMOOTHING;
      this.#bound = Math.max(floor, Math.floor(this.#perMs * waitMs));
    } else {
      // The next pressure is measured afresh: what slowed it down may be gone.
      this.#perMs = 0;
      this.#bound *= 2;
    }
    this.#since = now;
    this.#done = 0;
    this.#batches = 0;
    this.#pressed = 0;
    return true;
  }

  /** At the most so many may wait. */
  within(capacity: number): number {
    return Math.min(capacity, this.#bound);
  }
}

/** Some 30 batches at full speed, and half of what a buyer may wait: soon enough to act on, long enough to count. */
const WINDOW_MS = 100;

/** One window of a stalled disk does not decide alone; four do. */
const SMOOTHING = 0.5;
