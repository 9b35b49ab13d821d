import { catchError, defer, EMPTY, exhaustMap, type Observable, Subject, timer } from 'rxjs';
import type { Config } from '../../config.ts';
import { messageOf } from '../../domain/errors.ts';
import type { QueueAuditSource } from '../../ports/audit-source.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { QueueRecovery } from '../../ports/queue-recovery.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import { logOnChange } from '../../resilience/log-on-change.ts';
import { retryWithBackoff } from '../../streams/operators/retry-with-backoff.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Opened } from './opened.ts';

const PREPARE_BASE_MS = 100;
/** Interval of checks of a fenced queue: recovery takes seconds, and each check is cheap. */
const PREPARE_CAP_MS = 2000;

export interface RecoverableQueue {
  readonly queue: TicketQueue;
  readonly recovery: QueueRecovery;
  readonly auditSource: QueueAuditSource;
}

/**
 * Connects in the background, and loads the scripts whenever a connection is made or the scripts were missing. They are
 * loaded only into a Redis whose state is known to be sound; otherwise the queue stays fenced.
 */
export async function openRedis(
  { url, keyPrefix, timeoutMs }: NonNullable<Config['redis']> & { readonly timeoutMs: number },
  log: Pick<Log, 'info' | 'warn' | 'error'>,
): Promise<Opened<RecoverableQueue>> {
  const { createRedisTicketQueue } = await import('../../adapters/redis/ticket-queue.ts');
  const { addressesOf } = await import('../../adapters/redis/node-urls.ts');
  const prepare$ = new Subject<void>();
  const server = addressesOf(url);
  const logReason = logOnChange((reason) =>
    log.warn({ dependency: 'Redis', server, reason }, 'not connected, trying again'),
  );
  const { queue, recovery, auditSource, prepare, warnings, flush, disconnect } = createRedisTicketQueue({
    url,
    prefix: keyPrefix,
    timeoutMs,
    onScriptsMissing: () => prepare$.next(),
    onState: (state, reason) => {
      if (state === 'up') prepare$.next();
      logReason(state === 'up' ? undefined : reason);
    },
  });
  const running = prepare$.pipe(exhaustMap(() => prepareUntilDone(prepare, log))).subscribe();
  const settings = watchSettings(warnings, { server, log });
  running.add(settings.watching);
  return {
    port: { queue: { ...queue, warnings: settings.current }, recovery, auditSource },
    close: async () => {
      running.unsubscribe();
      await flush();
      disconnect();
    },
  };
}

/** How often the settings of Redis are looked at: an operator who changes one sees the result within this. */
const LOOK_EVERY_MS = 10_000;

/** Logs what should be changed in the settings of Redis: once at the start, and again when it differs. */
function watchSettings(
  warnings: () => Promise<readonly string[]>,
  { server, log }: { readonly server: string; readonly log: Pick<Log, 'warn'> },
) {
  let current: readonly string[] = [];
  const watching = timer(0, LOOK_EVERY_MS)
    // An unavailable Redis is reported by its connection.
    .pipe(exhaustMap(() => defer(warnings).pipe(catchError(() => EMPTY))))
    .subscribe((found) => {
      for (const reason of found.filter((one) => !current.includes(one))) {
        log.warn({ dependency: 'Redis', server, reason }, 'Redis is not set up as docs/cluster.md says');
      }
      current = found;
    });
  return { watching, current: () => current };
}

function prepareUntilDone(prepare: () => Promise<void>, log: Pick<Log, 'info' | 'warn' | 'error'>): Observable<void> {
  const failed = logOnChange((reason) =>
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

/** Connects in the background; events need no answer, so nothing waits for the connection. */
export async function openRedisEventBus(
  { url, keyPrefix }: NonNullable<Config['redis']>,
  log: Pick<Log, 'info' | 'warn'>,
): Promise<Opened<EventBus>> {
  const { createRedisEventBus } = await import('../../adapters/redis/event-bus.ts');
  const { addressesOf } = await import('../../adapters/redis/node-urls.ts');
  const server = addressesOf(url);
  const logReason = logOnChange((reason) =>
    log.warn({ dependency: 'Redis', server, reason }, 'no events between processes, connecting again'),
  );
  const { events, disconnect } = createRedisEventBus({
    url,
    prefix: keyPrefix,
    onState: (state, reason) => logReason(state === 'up' ? undefined : reason),
  });
  return { port: events, close: async () => disconnect() };
}
