import { defer, firstValueFrom, throwError, timeout } from 'rxjs';
import { Fault, isFault } from '../../domain/errors.ts';
import { retryWithBackoff } from '../../streams/operators/retry-with-backoff.ts';

/** A person waits; servers that are well answer within a second. */
const REACH_MS = 15_000;
const BACKOFF = { baseMs: 50, capMs: 500 };

/**
 * Asks again and again until a server that was just connected to answers. Errors: the last Fault, or `timeout`; what no
 * waiting helps against at once.
 */
export function awaitServer<T>(what: string, ask: () => Promise<T>): Promise<T> {
  let last: unknown;
  const answer$ = defer(ask).pipe(
    retryWithBackoff({
      ...BACKOFF,
      // Scripts are loaded a moment after the connection is made.
      retryable: (error) => isFault(error) && (error.retryable || error.code === 'fenced'),
      onRetry: (error) => {
        last = error;
      },
    }),
    timeout({
      first: REACH_MS,
      with: () => throwError(() => last ?? new Fault('timeout', `${what} did not answer within ${REACH_MS / 1000} s`)),
    }),
  );
  return firstValueFrom(answer$);
}
