import type { SchedulerLike } from 'rxjs';

/** Cancels a timer; does nothing once it has fired. */
export type CancelTimer = () => void;

/** Timers of a process: the event loop's in production, virtual ones in the simulator. */
export interface Timers {
  /** Runs the task once, `ms` milliseconds from now. */
  readonly after: (ms: number, task: () => void) => CancelTimer;
  /** Runs the task at the end of this turn of the event loop, after all events that have arrived in it. */
  readonly endOfTurn: (task: () => void) => void;
  /** Resolves `ms` milliseconds from now. */
  readonly wait: (ms: number) => Promise<void>;
  /** The same timers for the operators of RxJS. */
  readonly scheduler: SchedulerLike;
}
