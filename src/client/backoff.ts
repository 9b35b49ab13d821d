export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
}

/** A quarter of a second is soon enough to go unnoticed, ten seconds seldom enough to leave a sick server alone. */
export const backoffDefaults = { baseMs: 250, capMs: 10_000 } as const satisfies BackoffOptions;

/**
 * Milliseconds to wait before the attempt that follows `failures` failed ones: full jitter, anything up to the doubled
 * bound, so that thousands who were cut off together don't come back together.
 * (AWS Architecture Blog, "Exponential Backoff And Jitter")
 */
export function delayAfter(failures: number, random: () => number, { baseMs, capMs }: BackoffOptions): number {
  return random() * Math.min(capMs, baseMs * 2 ** failures);
}
