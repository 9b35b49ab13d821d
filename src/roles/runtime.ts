import type { Timers } from '../ports/timers.ts';

/** What a role needs of the process that it runs in, besides its ports. */
export interface Runtime {
  readonly timers: Timers;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** A name for the holder of a lease: unique for ever. */
  readonly newHolder: () => string;
}

/** What every role reports. */
export interface RoleObserver {
  /** A stream let a fault through, which is a bug; it is subscribed again. */
  readonly streamFailed: (stream: string, error: unknown) => void;
}
