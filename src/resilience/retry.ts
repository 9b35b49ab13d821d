import { setTimeout as delay } from 'node:timers/promises';
import type { Timers } from '../ports/timers.ts';

export interface BackoffOptions {
  /** The shortest pause between two tries, milliseconds. */
  readonly baseMs: number;
  /** The longest pause between two tries, milliseconds. */
  readonly capMs: number;
}

/**
 * The pauses of decorrelated jitter: each is drawn between the base and three times the one before, so that many clients
 * of a server that recovers don't return as one wave.
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
  /** Tries at the most, the first one included. @default unlimited */
  readonly attempts?: number;
  /** Whether an error is worth another try. @default each is */
  readonly retryable?: (error: unknown) => boolean;
  /** Called before each pause. */
  readonly onRetry?: (error: unknown, pauseMs: number) => void;
  /** Ends the tries: rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly random?: () => number;
  /** @default the event loop's timers */
  readonly wait?: Timers['wait'];
}

/** Runs `work` until it succeeds. Errors: the last one that is not worth another try, the signal's reason. */
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
