/** How long a window of a rate is: limits are told in requests a second. */
export const RATE_WINDOW_MS = 1000;

/** Counts what keys use, together for all processes of the installation. */
export interface RateCounter {
  /**
   * Adds points to the key's window, which begins with the first points after the last one ended. Never fails: a counter
   * that can't reach the others counts for this process alone.
   *
   * @param points an integer above 0
   */
  count(key: string, points: number): Promise<RateCount>;
}

export interface RateCount {
  /** Points in this window, by everybody, these included. */
  readonly used: number;
  /** Milliseconds until the window ends. */
  readonly endsInMs: number;
}
