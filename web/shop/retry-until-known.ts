export interface RetryTimers {
  readonly wait: (ms: number) => Promise<void>;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

export interface RetryOptions extends RetryTimers {
  /** Called before each retry with the last answer; undefined when there was none. */
  readonly onRetry: (answer: { readonly status: number } | undefined) => void;
}

/** After a minute the buyer decides whether to try again. */
const GIVE_UP_AFTER_MS = 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

/** Answers that do not say what happened: too many requests, an error, an unknown outcome, or a proxy's own answer. */
const UNKNOWN = [408, 429, 500, 502, 503, 504];

/**
 * Repeats `request` until its answer says what happened, with growing, randomised pauses; it must be safe to repeat.
 * Undefined when the outcome is still unknown after a minute.
 */
export async function retryUntilKnown<T extends { readonly status: number }>(
  request: () => Promise<T>,
  { onRetry, wait, monotonic, random }: RetryOptions,
): Promise<T | undefined> {
  const deadline = monotonic() + GIVE_UP_AFTER_MS;
  for (let tries = 0; ; tries += 1) {
    const answer = await request().catch(() => undefined);
    if (answer !== undefined && !UNKNOWN.includes(answer.status)) return answer;
    const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries) * (1 + random());
    if (monotonic() + pause >= deadline) return undefined;
    onRetry(answer);
    await wait(pause);
  }
}
