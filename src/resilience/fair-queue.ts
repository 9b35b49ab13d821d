import { Fault } from '../domain/errors.ts';

export interface FairQueueOptions {
  /** Tasks that run at once. */
  readonly concurrency: number;
  /** Tasks of one key that run at once. */
  readonly perKey: number;
  /** Tasks of one key that wait; the next one is refused. */
  readonly waitingPerKey: number;
  /** Tasks of all keys that wait. */
  readonly waiting: number;
}

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Runs few tasks at once and lets the others wait, so that a caller who asks for many waits for its own. Keys take turns:
 * one with a thousand waiting tasks delays another one by a single task.
 */
export class FairQueue {
  readonly #lanes = new Map<string, Lane>();
  /** Keys with a task that may start, in the order of their turns. */
  readonly #turns = new Set<string>();
  #running = 0;
  #waiting = 0;

  constructor(private readonly options: FairQueueOptions) {}

  /** Errors: Fault `full` when too many tasks are waiting; those of the task. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const lane = this.#laneOf(key);
    if (this.#running < this.options.concurrency && lane.running < this.options.perKey && lane.waiting.length === 0) {
      this.#started(lane);
    } else {
      await this.#turn(key, lane);
    }
    try {
      return await task();
    } finally {
      this.#ended(key, lane);
    }
  }

  #laneOf(key: string): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { running: 0, waiting: [] };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #turn(key: string, lane: Lane): Promise<void> {
    const { waiting, waitingPerKey, perKey } = this.options;
    if (this.#waiting >= waiting || lane.waiting.length >= waitingPerKey) {
      if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(key);
      throw new Fault('full', 'too many lookups are waiting');
    }
    this.#waiting += 1;
    if (lane.running < perKey) this.#turns.add(key);
    return new Promise((start) => lane.waiting.push(start));
  }

  #started(lane: Lane): void {
    lane.running += 1;
    this.#running += 1;
  }

  #ended(key: string, lane: Lane): void {
    lane.running -= 1;
    this.#running -= 1;
    // To the end of the line: it has had its turn.
    this.#turns.delete(key);
    if (lane.waiting.length > 0) this.#turns.add(key);
    else if (lane.running === 0) this.#lanes.delete(key);
    for (const next of this.#turns) {
      if (this.#running >= this.options.concurrency) return;
      this.#start(next);
    }
  }

  #start(key: string): void {
    const lane = this.#lanes.get(key) as Lane;
    const start = lane.waiting.shift() as () => void;
    this.#waiting -= 1;
    this.#started(lane);
    // To the end of the line, or out of it.
    this.#turns.delete(key);
    if (lane.waiting.length > 0 && lane.running < this.options.perKey) this.#turns.add(key);
    start();
  }
}
