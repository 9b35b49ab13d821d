import { firstValueFrom, race, Subject, timer } from 'rxjs';
import { storedRevocations, storedRevocationsDefaults } from '../../streams/stored-revocations.ts';
import type { Ports } from '../ports.ts';
import type { RoleObserver, Runtime } from '../runtime.ts';
import { supervise } from '../supervise.ts';

export interface RevocationsObserver extends RoleObserver {
  /** The store could not be read and is retried; undefined once it was read. */
  readonly revocationsUnreadable: (error: unknown) => void;
}

export interface Revocations {
  /** Milliseconds since 1970: earlier tokens of this user are not accepted. Undefined if none were revoked. */
  readonly notBefore: (userId: string) => number | undefined;
  /** Calls back for each user of whom more tokens were revoked, once they are refused. */
  onRevoked(revoked: (userId: string) => void): void;
  stop(): void;
}

/** How long startup waits for the revoked tokens: with a database that takes longer, sales start without. Milliseconds. */
const FIRST_READ_MS = 1000;

/** Keeps in memory which tokens were revoked. Resolves once they were read, or after a second. */
export async function followRevocations(
  ports: Pick<Ports, 'tokenRevocations' | 'events'>,
  { timers, random, observer }: Pick<Runtime, 'timers' | 'random'> & { readonly observer: RevocationsObserver },
): Promise<Revocations> {
  const times = new Map<string, number>();
  const read$ = new Subject<void>();
  let onRevoked: (userId: string) => void = () => {};
  const { backoff, pollMs } = storedRevocationsDefaults;
  const first = firstValueFrom(race(read$, timer(FIRST_READ_MS, timers.scheduler)));
  const following = storedRevocations(ports, {
    pollMs,
    backoff: { ...backoff, random, onRetry: observer.revocationsUnreadable },
    scheduler: timers.scheduler,
  })
    .pipe(supervise('revoked tokens', { timers, random }, observer))
    .subscribe((all) => {
      observer.revocationsUnreadable(undefined);
      const changed = all.filter(({ userId, notBefore }) => times.get(userId) !== notBefore);
      for (const { userId, notBefore } of changed) times.set(userId, notBefore);
      for (const { userId } of changed) onRevoked(userId);
      read$.next();
    });
  await first;
  return {
    notBefore: (userId) => times.get(userId),
    onRevoked: (callback) => {
      onRevoked = callback;
    },
    stop: () => following.unsubscribe(),
  };
}
