import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import { retryWithBackoff } from '../streams/operators/retry-with-backoff.ts';
import type { Context } from './context.ts';

// A stream is total: if one fails all the same it is a bug, which restarting at full speed would only make louder.
const RESTART_BASE_MS = 100;
const RESTART_CAP_MS = 10_000;

/** Keeps a stream of the process alive: a fault that its stages let through is logged, and the stream starts anew. */
export function supervise<T>(name: string, { log }: Pick<Context, 'log'>): MonoTypeOperatorFunction<T> {
  return (source$) =>
    source$.pipe(
      tap({ error: (error) => log.error({ err: error, stream: name }, 'stream failed, starting anew') }),
      retryWithBackoff({ baseMs: RESTART_BASE_MS, capMs: RESTART_CAP_MS, retryable: () => true }),
    );
}
