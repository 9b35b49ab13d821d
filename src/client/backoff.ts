export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
}

/** A retry after a quarter of a second goes unnoticed; one every ten seconds does not burden a server in trouble. */
export const backoffDefaults = { baseMs: 250, capMs: 10_000 } as const satisfies BackoffOptions;

/**
 * Milliseconds to wait before the attempt that follows `failures` failed ones: full jitter up to a bound that doubles, so
 * that clients that were disconnected together do not reconnect together.
 * (AWS Architecture Blog, "Exponential Backoff And Jitter")
 */
export function delayAfter(failures: number, random: () => number, { baseMs, capMs }: BackoffOptions): number {
  return random() * Math.min(capMs, baseMs * 2 ** failures);
}
