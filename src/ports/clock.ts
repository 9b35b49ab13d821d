export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Never goes back; milliseconds since some unsaid moment. For deadlines and durations. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
