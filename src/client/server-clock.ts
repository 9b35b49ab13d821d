/**
 * What two quartz clocks may drift apart, milliseconds a millisecond: 200 parts in a million, twice what a bad one does.
 * An old measurement grows this much less certain with time, so that a good new one takes its place.
 */
const DRIFT = 0.0002;

/** The server's times have milliseconds, so each may be this much late. */
const RESOLUTION_MS = 1;

interface Measurement {
  /** Server's clock less ours. */
  readonly offset: number;
  /** The true offset is at most this far away. */
  readonly error: number;
  /** When it was taken, by our clock. */
  readonly at: number;
}

/**
 * The server's clock, from what it said and how long it took to hear it. Counts on a clock of its own that never goes
 * back, so it does not matter what the machine's wall clock says, or whether somebody sets it.
 */
export class ServerClock {
  readonly #monotonic: () => number;
  #best: Measurement | undefined;

  /** @param monotonic milliseconds since whenever, like `performance.now` */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** A moment to give to `heard` as `since`. */
  mark(): number {
    return this.#monotonic();
  }

  /**
   * The server said `serverTime` (milliseconds since 1970) between `since` and now. Of several the one with the least
   * doubt counts, and half the round trip is all the doubt there is. A measurement that contradicts it means that our
   * clock stood still (a sleeping machine's may) or the server's was set: then only the new one counts.
   */
  heard(serverTime: number, since: number): void {
    const at = this.#monotonic();
    const offset = serverTime - (since + at) / 2;
    const error = (at - since) / 2 + RESOLUTION_MS;
    if (!Number.isFinite(offset)) return;
    const old = this.#best;
    if (old !== undefined) {
      const doubt = old.error + (at - old.at) * DRIFT;
      const contradicts = Math.abs(offset - old.offset) > error + doubt;
      if (!contradicts && error > doubt) return;
    }
    this.#best = { offset, error, at };
  }

  /** Milliseconds since 1970 by the server's clock; undefined until it was heard for the first time. */
  now(): number | undefined {
    return this.#best === undefined ? undefined : this.#monotonic() + this.#best.offset;
  }
}
