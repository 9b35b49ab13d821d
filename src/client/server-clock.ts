/**
 * The most that two quartz clocks drift apart, in milliseconds per millisecond: 200 ppm, twice the drift of a bad one. The
 * error of an old measurement grows by it with time, so that a good new measurement replaces it.
 */
const DRIFT = 0.0002;

/** The server's times are truncated to milliseconds. */
const RESOLUTION_MS = 1;

interface Measurement {
  /** The server's clock minus ours. */
  readonly offset: number;
  /** The most that the true offset can differ from it. */
  readonly error: number;
  /** When it was taken, on our clock. */
  readonly at: number;
}

/**
 * Estimates the server's clock from the times that it sends and the round trips that they took. Based on a monotonic
 * clock, so the machine's wall clock does not matter, nor that it may be set.
 */
export class ServerClock {
  readonly #monotonic: () => number;
  #best: Measurement | undefined;

  /** @param monotonic milliseconds since an arbitrary moment, like `performance.now` */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** The current moment, to be passed to `observe` as `since`. */
  mark(): number {
    return this.#monotonic();
  }

  /**
   * The server's clock was at `serverTime` (milliseconds since 1970) at some moment between `since` and now. The
   * measurement with the smallest error is kept; half the round trip bounds it. A measurement that contradicts the kept
   * one means that our clock stopped (as on a sleeping machine) or the server's was set: then the new one replaces it.
   */
  observe(serverTime: number, since: number): void {
    const at = this.#monotonic();
    const offset = serverTime - (since + at) / 2;
    const error = (at - since) / 2 + RESOLUTION_MS;
    if (!Number.isFinite(offset)) return;
    const old = this.#best;
    if (old !== undefined) {
      const oldError = old.error + (at - old.at) * DRIFT;
      const contradicts = Math.abs(offset - old.offset) > error + oldError;
      if (!contradicts && error > oldError) return;
    }
    this.#best = { offset, error, at };
  }

  /** The server's time in milliseconds since 1970; undefined before the first measurement. */
  now(): number | undefined {
    return this.#best === undefined ? undefined : this.#monotonic() + this.#best.offset;
  }
}
