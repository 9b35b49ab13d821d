import { defer, lastValueFrom } from 'rxjs';
import { isFault } from '../domain/errors.ts';
import { retryWithBackoff } from '../streams/operators/retry-with-backoff.ts';
import type { Context } from './context.ts';

const BASE_MS = 100;
const CAP_MS = 2000;

/** Seeds as soon as the servers let it: at a start they may be away, or the queue's scripts not loaded yet. */
export function seedWhenReady<Seeded>(seed: () => Promise<Seeded>, { log }: Pick<Context, 'log'>): Promise<Seeded> {
  return lastValueFrom(
    defer(seed).pipe(
      retryWithBackoff({
        baseMs: BASE_MS,
        capMs: CAP_MS,
        retryable: (error) => isFault(error) && (error.retryable || error.code === 'fenced'),
        onRetry: (err) => log.info({ err }, 'waiting for the servers to seed the sales'),
      }),
    ),
  );
}
