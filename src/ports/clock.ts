export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic clock for deadlines and durations, milliseconds since an arbitrary moment. */
  readonly monotonic: () => number;
}
