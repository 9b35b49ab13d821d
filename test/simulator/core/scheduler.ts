import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import type { Clock } from '../../../src/ports/clock.ts';

/** The source of time: a simulated process. */
interface Timekeeper {
  readonly clock: Pick<Clock, 'now'>;
  /** Returns a function that cancels it. */
  after(ms: number, task: () => void): () => void;
}

/** An RxJS scheduler on a process' time. (RxJS's own TestScheduler can't run promises.) */
export function createScheduler(process: Timekeeper): SchedulerLike {
  return {
    now: () => process.clock.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T) =>
      new Action(process, work).schedule(state, delay),
  };
}

class Action<T> extends Subscription implements SchedulerAction<T> {
  readonly #process: Timekeeper;
  readonly #work: (this: SchedulerAction<T>, state?: T) => void;
  #cancel = () => {};

  constructor(process: Timekeeper, work: (this: SchedulerAction<T>, state?: T) => void) {
    super(() => this.#cancel());
    this.#process = process;
    this.#work = work;
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.#cancel();
    this.#cancel = this.#process.after(delay, () => {
      if (!this.closed) this.#work.call(this, state);
    });
    return this;
  }
}
