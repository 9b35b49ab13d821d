import { isFault } from '../domain/errors.ts';
import { retry } from '../resilience/retry.ts';
import type { Context } from './context.ts';

const BACKOFF = { baseMs: 100, capMs: 2000 } as const;

/** Seeds as soon as the servers accept it: at start they may be unavailable, or the queue's scripts not loaded yet. */
export function seedWhenReady<Seeded>(seed: () => Promise<Seeded>, { log }: Pick<Context, 'log'>): Promise<Seeded> {
  return retry(seed, {
    ...BACKOFF,
    retryable: (error) => isFault(error) && (error.retryable || error.code === 'fenced'),
    onRetry: (err) => log.info({ err }, 'waiting for the servers to seed the sales'),
  });
}
