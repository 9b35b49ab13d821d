import { performance } from 'node:perf_hooks';

/**
 * How much longer than the last refusals took those who come next wait for theirs. To refuse costs as much as to read
 * what is refused, so a third of the time goes to refusals at the most, and the rest is left for what is served.
 */
const REST_RATIO = 4;

/** What a timer can tell apart. */
const TICK_MS = 1;

/**
 * Those who were turned away, and are told so together a little later.
 *
 * Who is refused at once sends the next request at once. While more than 1,024 sockets are ready libuv goes on reading, 48
 * times, before anything else gets its turn; and a process that says no as fast as it can has no time to say yes. A
 * connection that waits for its answer is not read: so this is what slows the stampede down to what can be borne.
 */
export class TurnedAway<T> {
  #waiting: T[] = [];
  #resting = false;

  constructor(
    private readonly refuse: (one: T) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  add(one: T): void {
    this.#waiting.push(one);
    if (this.#waiting.length === 1 && !this.#resting) setImmediate(() => this.#refuseAll());
  }

  #refuseAll(): void {
    const all = this.#waiting;
    this.#waiting = [];
    const start = this.now();
    for (const one of all) this.refuse(one);
    const restMs = (this.now() - start) * REST_RATIO;
    if (restMs < TICK_MS) return;
    this.#resting = true;
    setTimeout(() => {
      this.#resting = false;
      if (this.#waiting.length > 0) this.#refuseAll();
    }, restMs);
  }
}
