/**
 * How many may wait, from what is done in a second: Little's law. Who comes to a fuller ring is refused at once, and
 * cheaply, rather than late.
 *
 * A crowd that comes at once is no overload: the ring is there to hold it, and gives it away. The bound comes into force
 * when others have waited for some windows on end, and then follows the rate of windows in which they do: the rate of an
 * idle server is that of its clients. With each window in which nobody had to wait it doubles.
 */
export class WaitBound {
  #bound = Number.POSITIVE_INFINITY;
  #perMs = 0;
  #since: number | undefined;
  #done = 0;
  #batches = 0;
  #pressedBatches = 0;
  #pressedWindows = 0;

  /**
   * Some were done at `now`, monotonic milliseconds, while so many waited. `boundOf` tells how many may wait for what does
   * so many a millisecond. Returns whether a window ended.
   */
  observe(done: number, waiting: number, now: number, boundOf: (perMs: number) => number): boolean {
    this.#since ??= now;
    this.#done += done;
    this.#batches += 1;
    if (waiting > 0) this.#pressedBatches += 1;
    const elapsedMs = now - this.#since;
    if (elapsedMs < WINDOW_MS) return false;

    if (this.#pressedBatches * 2 >= this.#batches) {
      const perMs = this.#done / elapsedMs;
      this.#perMs = this.#perMs === 0 ? perMs : this.#perMs + (perMs - this.#perMs) * SMOOTHING;
      this.#pressedWindows += 1;
      if (this.#pressedWindows > CROWD_WINDOWS) this.#bound = Math.floor(boundOf(this.#perMs));
    } else {
      // The next pressure is measured afresh: what slowed it down may be gone.
      this.#perMs = 0;
      this.#pressedWindows = 0;
      this.#bound *= 2;
    }
    this.#since = now;
    this.#done = 0;
    this.#batches = 0;
    this.#pressedBatches = 0;
    return true;
  }

  /** At the most so many may wait. */
  within(capacity: number): number {
    return Math.min(capacity, this.#bound);
  }
}

/** Some 30 batches at full speed: soon enough to act on, long enough to count. */
const WINDOW_MS = 100;

/** A ring of 8,192 that is full is empty again after these at 25,000 a second, unless more keep coming. */
const CROWD_WINDOWS = 3;

/** One window of a stalled disk does not decide alone; four do. */
const SMOOTHING = 0.5;
