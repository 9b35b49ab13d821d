import type { Timers } from '../ports/timers.ts';

/** What a role needs from its process, besides its ports. */
export interface Runtime {
  readonly timers: Timers;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** A globally unique name for the holder of a lease, never reused. */
  readonly newHolder: () => string;
}

/** What every role reports. */
export interface RoleObserver {
  /** A fault escaped from a stream, which is a bug; the stream is subscribed again. */
  readonly streamFailed: (stream: string, error: unknown) => void;
}
