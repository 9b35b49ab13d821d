import { defer, exhaustMap, firstValueFrom, merge, Subject, timer } from 'rxjs';
import type { IdSource } from '../../domain/ids.ts';
import { NodeLease, type NodeLeasePorts, nodeLeaseDefaults } from '../../services/node-lease.ts';
import { retryWithBackoff } from '../../streams/operators/retry-with-backoff.ts';
import type { Runtime } from '../runtime.ts';
import type { FrontObserver } from './observer.ts';

export interface NodeNumber {
  /** Errors: Fault `unavailable` while there is no number. */
  readonly newId: IdSource;
  /** Whether ids can be generated. */
  readonly ready: () => boolean;
  /** Releases the number. */
  stop(): Promise<void>;
}

const RENEW_EVERY_MS = 60_000;
const BACKOFF = { baseMs: 100, capMs: 2000 } as const;

/**
 * Acquires a node number and keeps it renewed in the background: resolves once it has one, or the first attempt has
 * failed. Until it has one, ids are refused, and attempts continue.
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
        // The clock jumped, or the process was suspended: if a renewal can fix it, it must not wait for the next
        // minute.
        refused$.next();
        throw error;
      }
    },
    ready: () => lease.number !== undefined,
    stop: async () => {
      renewing.unsubscribe();
      // It expires by itself if it can't be released.
      await lease.release().catch(nodeNumberNotReleased);
    },
  };
}
