export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Never goes back; milliseconds since an arbitrary moment. For deadlines and durations. */
  readonly monotonic: () => number;
}
