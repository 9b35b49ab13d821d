import {
  concatMap,
  defer,
  exhaustMap,
  filter,
  type Observable,
  type SchedulerLike,
  startWith,
  switchMap,
  timer,
} from 'rxjs';
import type { EventBus } from '../ports/event-bus.ts';
import type { TokenRevocation, TokenRevocations } from '../ports/token-revocations.ts';
import { type BackoffOptions, retryWithBackoff } from './operators/retry-with-backoff.ts';

export interface StoredRevocationsPorts {
  readonly tokenRevocations: Pick<TokenRevocations, 'revision' | 'list'>;
  readonly events: Pick<EventBus, 'events$'>;
}

export interface StoredRevocationsOptions {
  /** Events may be lost, and the command line sends none: the store is also asked at this interval. Milliseconds. */
  readonly pollMs: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const storedRevocationsDefaults = {
  // A sum over an index; it bounds how long a stolen token is accepted after it was revoked.
  pollMs: 1000,
  backoff: { baseMs: 100, capMs: 1000 },
} as const satisfies StoredRevocationsOptions;

const PAGE_SIZE = 1000;

/**
 * Emits all revocations: now, none included, and each time that there are others. An event cancels a read in progress, which may
 * have begun before the change. While the store is unavailable it is retried, and the last emitted ones stay in force.
 */
export function storedRevocations(
  { tokenRevocations, events }: StoredRevocationsPorts,
  options: StoredRevocationsOptions = storedRevocationsDefaults,
): Observable<readonly TokenRevocation[]> {
  const { pollMs, backoff, scheduler } = options;
  return defer(() => {
    let known: number | undefined;
    const read = async () => {
      // Before the rows: what is revoked in between is read again.
      const revision = await tokenRevocations.revision();
      return { revision, rows: revision === known ? undefined : await readAll(tokenRevocations) };
    };
    const read$ = defer(read).pipe(
      retryWithBackoff({ ...backoff, retryable: () => true, ...(scheduler === undefined ? {} : { scheduler }) }),
    );
    return events.events$.pipe(
      filter(({ type }) => type === 'tokens'),
      startWith(undefined),
      // A poll waits for the read before it, however slow the store is.
      switchMap(() => timer(0, pollMs, scheduler).pipe(exhaustMap(() => read$))),
      concatMap(({ revision, rows }) => {
        if (rows === undefined) return [];
        known = revision;
        return [rows];
      }),
    );
  });
}

async function readAll(store: Pick<TokenRevocations, 'list'>): Promise<readonly TokenRevocation[]> {
  const all: TokenRevocation[] = [];
  for (;;) {
    const page = await store.list({ after: all.at(-1)?.userId ?? '', limit: PAGE_SIZE });
    all.push(...page);
    if (page.length < PAGE_SIZE) return all;
  }
}
