import { defer, exhaustMap, type Observable, Subject } from 'rxjs';
import type { Config } from '../config.ts';
import { messageOf } from '../domain/errors.ts';
import type { QueueBooks } from '../ports/books.ts';
import type { News } from '../ports/news.ts';
import type { QueueRecovery } from '../ports/queue-recovery.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { retryWithBackoff } from '../streams/operators/retry-with-backoff.ts';
import type { Log } from '../telemetry/log.ts';
import type { Opened } from './opened.ts';
import { toldOnce } from './told-once.ts';

const PREPARE_BASE_MS = 100;
/** How often a queue that is fenced is looked at again: recovery takes seconds, and each look is cheap. */
const PREPARE_CAP_MS = 2000;

export interface RecoverableQueue {
  readonly queue: TicketQueue;
  readonly recovery: QueueRecovery;
  readonly books: QueueBooks;
}

/**
 * Connects in the background, and loads the scripts each time a connection is made or the scripts were missed: on a Redis
 * whose state is known to be sound only, or the queue stays fenced.
 */
export async function openRedis(
  { url, keyPrefix, timeoutMs }: NonNullable<Config['redis']> & { readonly timeoutMs: number },
  log: Pick<Log, 'info' | 'warn' | 'error'>,
): Promise<Opened<RecoverableQueue>> {
  const { createRedisTicketQueue } = await import('../adapters/redis/ticket-queue.ts');
  const { addressesOf } = await import('../adapters/redis/node-urls.ts');
  const prepare$ = new Subject<void>();
  const server = addressesOf(url);
  const away = toldOnce((reason) => log.warn({ dependency: 'Redis', server, reason }, 'not connected, trying again'));
  const { queue, recovery, books, prepare, flush, disconnect } = createRedisTicketQueue({
    url,
    prefix: keyPrefix,
    timeoutMs,
    onScriptsMissing: () => prepare$.next(),
    onState: (state, reason) => {
      if (state === 'up') prepare$.next();
      away(state === 'up' ? undefined : reason);
    },
  });
  const preparing = prepare$.pipe(exhaustMap(() => prepareUntilDone(prepare, log))).subscribe();
  return {
    port: { queue, recovery, books },
    close: async () => {
      preparing.unsubscribe();
      await flush();
      disconnect();
    },
  };
}

function prepareUntilDone(prepare: () => Promise<void>, log: Pick<Log, 'info' | 'warn' | 'error'>): Observable<void> {
  const failed = toldOnce((reason) =>
    log.error({ dependency: 'Redis', reason }, 'the ticket queue is not ready, trying again'),
  );
  return defer(prepare).pipe(
    retryWithBackoff({
      baseMs: PREPARE_BASE_MS,
      capMs: PREPARE_CAP_MS,
      retryable: () => true,
      onRetry: (error) => failed(messageOf(error)),
    }),
  );
}

/** Connects in the background; news that are told or heard need no answer, so nothing waits for it. */
export async function openRedisNews(
  { url, keyPrefix }: NonNullable<Config['redis']>,
  log: Pick<Log, 'info' | 'warn'>,
): Promise<Opened<News>> {
  const { createRedisNews } = await import('../adapters/redis/news.ts');
  const { addressesOf } = await import('../adapters/redis/node-urls.ts');
  const server = addressesOf(url);
  const away = toldOnce((reason) =>
    log.warn({ dependency: 'Redis', server, reason }, 'no news between processes, connecting again'),
  );
  const { news, disconnect } = createRedisNews({
    url,
    prefix: keyPrefix,
    onState: (state, reason) => away(state === 'up' ? undefined : reason),
  });
  return { port: news, close: async () => disconnect() };
}
