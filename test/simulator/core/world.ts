import type { Random } from './random.ts';
import type { Trace } from './trace.ts';

interface Event {
  readonly at: number;
  /** Orders simultaneous events by when they were planned. */
  readonly number: number;
  task: (() => void) | undefined;
}

/**
 * Virtual time: a heap of events. Between two events everything that they start, down to the last microtask, has
 * settled, so a run depends on nothing but the seed.
 */
export class World {
  /** Virtual milliseconds since the start; may be fractional. */
  now = 0;
  /** Number of events run. */
  events = 0;
  readonly #heap: Event[] = [];
  #planned = 0;

  constructor(
    readonly random: Random,
    readonly trace: Trace,
  ) {}

  /** Plans a task; returns a function that cancels it. */
  after(ms: number, task: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, ms), number: this.#planned, task };
    this.#planned += 1;
    this.#push(event);
    return () => {
      event.task = undefined;
    };
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs all events up to `untilMs`. Errors: the error that an event threw. */
  run(untilMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        const event = this.#next(untilMs);
        if (event === undefined) {
          this.now = untilMs;
          resolve();
          return;
        }
        this.now = event.at;
        this.events += 1;
        try {
          event.task?.();
        } catch (error) {
          reject(error);
          return;
        }
        queueMicrotask(rest);
      };
      // Node empties the microtask queue, including microtasks added meanwhile, before it takes the next tick. So a
      // step requested from a microtask runs when everything has settled, at a tenth of the cost of an event-loop turn.
      const rest = () => process.nextTick(step);
      rest();
    });
  }

  #next(untilMs: number): Event | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > untilMs) return undefined;
      this.#pop();
      if (first.task !== undefined) return first;
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!before(event, heap[above] as Event)) break;
      heap[place] = heap[above] as Event;
      place = above;
    }
    heap[place] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1] as Event, heap[below] as Event)) below += 1;
      if (!before(heap[below] as Event, last)) break;
      heap[place] = heap[below] as Event;
      place = below;
    }
    heap[place] = last;
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}
