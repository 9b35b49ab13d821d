import { defer, exhaustMap, firstValueFrom, merge, Subject, timer } from 'rxjs';
import type { IdSource } from '../../domain/ids.ts';
import { NodeLease, type NodeLeasePorts, nodeLeaseDefaults } from '../../services/node-lease.ts';
import { retryWithBackoff } from '../../streams/operators/retry-with-backoff.ts';
import type { Runtime } from '../runtime.ts';
import type { FrontObserver } from './observer.ts';

export interface NodeNumber {
  /** Errors: Fault `unavailable` while there is no number. */
  readonly newId: IdSource;
  /** Whether ids can be made. */
  readonly ready: () => boolean;
  /** Gives the number back. */
  stop(): Promise<void>;
}

const RENEW_EVERY_MS = 60_000;
const BACKOFF = { baseMs: 100, capMs: 2000 } as const;

/**
 * Takes a node number and keeps it, in the background: resolves when it has one, or when the first try has failed. Ids
 * are refused meanwhile, and the next try is made by itself.
 */
export async function keepNodeNumber(
  ports: NodeLeasePorts,
  { timers, random, newHolder }: Runtime,
  { nodeNumberMissing, nodeNumberNotReleased }: Pick<FrontObserver, 'nodeNumberMissing' | 'nodeNumberNotReleased'>,
): Promise<NodeNumber> {
  const { scheduler } = timers;
  const lease = new NodeLease(ports, { ...nodeLeaseDefaults, holder: newHolder(), random });
  const tried$ = new Subject<void>();
  const refused$ = new Subject<void>();
  const renewed$ = merge(timer(0, RENEW_EVERY_MS, scheduler), refused$).pipe(
    exhaustMap(() =>
      defer(() => lease.renew()).pipe(
        retryWithBackoff({
          ...BACKOFF,
          random,
          scheduler,
          retryable: () => true,
          onRetry: (error, waitMs) => {
            tried$.next();
            if (lease.number === undefined) nodeNumberMissing(error, waitMs);
          },
        }),
      ),
    ),
  );
  const firstTry = firstValueFrom(tried$);
  const renewing = renewed$.subscribe(() => tried$.next());
  await firstTry;
  return {
    newId: () => {
      try {
        return lease.newId();
      } catch (error) {
        // The clock jumped, or the process slept: what a renewal can fix must not wait for the next minute.
        refused$.next();
        throw error;
      }
    },
    ready: () => lease.number !== undefined,
    stop: async () => {
      renewing.unsubscribe();
      // It lapses by itself if it can't be given back.
      await lease.release().catch(nodeNumberNotReleased);
    },
  };
}
