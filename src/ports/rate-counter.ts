/** The length of a window: limits are in requests per second. */
export const RATE_WINDOW_MS = 1000;

/** Counts the usage of keys, over all processes of the installation. */
export interface RateCounter {
  /**
   * Adds points to the key's window; a new window begins with the first points after the last one has ended. Never
   * fails: while the shared counter is unavailable it counts for this process alone.
   *
   * @param points a positive integer
   */
  count(key: string, points: number): Promise<RateCount>;
}

export interface RateCount {
  /** Points of all processes in this window, these included. */
  readonly used: number;
  /** Milliseconds until the window ends. */
  readonly endsInMs: number;
}
