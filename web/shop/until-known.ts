export interface UntilKnownOptions {
  /** Told before each further try. The status is that of the last one; undefined when nothing answered. */
  readonly onRetry: (answer: { readonly status: number } | undefined) => void;
  readonly wait: (ms: number) => Promise<void>;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** A buyer who still looks at the page after a minute wants to be asked. */
const GIVE_UP_AFTER_MS = 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

/** Answers that say nothing about the matter itself: too many requests, and "unknown". */
const UNKNOWN = [429, 500, 503];

/**
 * Asks until the answer says what happened, with growing, spread pauses. `ask` must be safe to repeat. Undefined when it
 * is still unknown after a minute.
 */
export async function untilKnown<T extends { readonly status: number }>(
  ask: () => Promise<T>,
  { onRetry, wait, monotonic, random }: UntilKnownOptions,
): Promise<T | undefined> {
  const deadline = monotonic() + GIVE_UP_AFTER_MS;
  for (let tries = 0; ; tries += 1) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined && !UNKNOWN.includes(answer.status)) return answer;
    const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries) * (1 + random());
    if (monotonic() + pause >= deadline) return undefined;
    onRetry(answer);
    await wait(pause);
  }
}
