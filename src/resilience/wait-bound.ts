/**
 * Bounds the number of waiting purchases by the measured throughput: Little's law. Beyond the bound a purchase is
 * refused at once, and cheaply, rather than late.
 *
 * A sudden crowd is no overload: the ring buffer is there to hold it and drains it. The bound takes effect once others
 * have waited for several windows in a row, and then follows the throughput of windows with waiting purchases; an idle
 * server's throughput is only its clients' request rate. It doubles with each window in which nothing had to wait.
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
   * Records that `done` purchases finished at `now`, monotonic milliseconds, while `waiting` waited. `boundOf` computes
   * the bound from a throughput per millisecond. Returns whether a window ended.
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
      // The next period of pressure is measured from scratch: its cause may no longer exist.
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

  /** `capacity`, or the bound if that is lower. */
  within(capacity: number): number {
    return Math.min(capacity, this.#bound);
  }
}

/** Some 30 batches at full speed: short enough to react quickly, long enough to measure. */
const WINDOW_MS = 100;

/** A full ring of 8,192 drains within these windows at 25,000 a second, unless more keep arriving. */
const CROWD_WINDOWS = 3;

/** A single window with a stalled disk does not decide alone; four do. */
const SMOOTHING = 0.5;
