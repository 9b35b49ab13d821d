import { performance } from 'node:perf_hooks';

/**
 * How long the next refusals wait, as a multiple of the time that the last ones took. To refuse a request costs as much as
 * to read it, so refusals get a third of the time at the most, and the rest is left for what is served.
 */
const PAUSE_RATIO = 4;

/** The shortest delay of a timer. */
const MIN_PAUSE_MS = 1;

/**
 * Holds back the refusals of requests that are shed, and writes them together.
 *
 * A client that is refused at once sends its next request at once. While more than 1,024 sockets are ready, libuv goes on
 * reading, 48 times in a row, before anything else runs, so a process that refuses as fast as it can serves nothing. A
 * connection that waits for its answer is not read: the delay limits the rate at which requests arrive.
 */
export class RefusalThrottle<T> {
  #held: T[] = [];
  #pausing = false;

  constructor(
    private readonly refuse: (request: T) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  add(request: T): void {
    this.#held.push(request);
    if (this.#held.length === 1 && !this.#pausing) setImmediate(() => this.#refuseAll());
  }

  #refuseAll(): void {
    const all = this.#held;
    this.#held = [];
    const start = this.now();
    for (const request of all) this.refuse(request);
    const pauseMs = (this.now() - start) * PAUSE_RATIO;
    if (pauseMs < MIN_PAUSE_MS) return;
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      if (this.#held.length > 0) this.#refuseAll();
    }, pauseMs);
  }
}
