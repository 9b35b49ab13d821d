import { setTimeout as delay } from 'node:timers/promises';
import type { Timers } from '../ports/timers.ts';

export interface BackoffOptions {
  /** Shortest pause between attempts, milliseconds. */
  readonly baseMs: number;
  /** Longest pause between attempts, milliseconds. */
  readonly capMs: number;
}

/**
 * Decorrelated jitter: each pause is drawn between the base and three times the previous one, so that many clients of a
 * recovering server do not return in one wave.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param random 0 (included) to 1 (excluded)
 */
export function backoff({ baseMs, capMs }: BackoffOptions, random: () => number = Math.random): () => number {
  let pauseMs = baseMs;
  return () => {
    pauseMs = Math.min(capMs, baseMs + random() * (pauseMs * 3 - baseMs));
    return pauseMs;
  };
}

export interface RetryOptions extends BackoffOptions {
  /** Maximum number of attempts, the first one included. @default unlimited */
  readonly attempts?: number;
  /** Whether to retry after an error. @default always */
  readonly retryable?: (error: unknown) => boolean;
  /** Called before each pause. */
  readonly onRetry?: (error: unknown, pauseMs: number) => void;
  /** Ends the attempts; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly random?: () => number;
  /** @default the event loop's timers */
  readonly wait?: Timers['wait'];
}

/** Runs `work` until it succeeds. Errors: the first that is not retryable, the last attempt's, the signal's reason. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts = Number.POSITIVE_INFINITY, retryable = () => true, onRetry, signal, random } = options;
  const wait = options.wait ?? ((ms: number) => delay(ms, undefined, signal === undefined ? {} : { signal }));
  const nextPause = backoff(options, random);
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !retryable(error) || signal?.aborted) throw error;
      const pauseMs = nextPause();
      onRetry?.(error, pauseMs);
      // An aborted wait is noticed at the top of the loop, with the signal's own reason.
      await wait(pauseMs).catch(() => undefined);
    }
  }
}
