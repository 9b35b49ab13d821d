import { Fault, isFault } from '../../domain/errors.ts';
import { retry } from '../../resilience/retry.ts';
import { withTimeLimit } from '../../resilience/time-limit.ts';

/** Someone waits at the command line; healthy servers answer within a second. */
const LIMIT_MS = 15_000;
const BACKOFF = { baseMs: 50, capMs: 500 } as const;

/**
 * Calls a newly connected server until it answers. Errors: the last Fault, or `timeout`; a Fault that is not retryable
 * at once.
 */
export function awaitServer<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let last: unknown;
  const answer = retry(ask, {
    ...BACKOFF,
    // Scripts are loaded shortly after connecting.
    retryable: (error) => isFault(error) && (error.retryable || error.code === 'fenced'),
    onRetry: (error) => {
      last = error;
    },
    signal: controller.signal,
  });
  return withTimeLimit(answer, {
    ms: LIMIT_MS,
    onLate: () => {
      controller.abort();
      throw last ?? new Fault('timeout', `${what} did not answer within ${LIMIT_MS / 1000} s`);
    },
  });
}
