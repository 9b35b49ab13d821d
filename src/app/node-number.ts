import { randomUUID } from 'node:crypto';
import { defer, exhaustMap, firstValueFrom, merge, Subject, timer } from 'rxjs';
import type { IdSource } from '../domain/ids.ts';
import { NodeLease, type NodeLeasePorts, nodeLeaseDefaults } from '../services/node-lease.ts';
import { retryWithBackoff } from '../streams/operators/retry-with-backoff.ts';
import type { Context } from './context.ts';

export interface NodeNumber {
  /** Errors: Fault `unavailable` while there is no number. */
  readonly newId: IdSource;
  /** Whether ids can be made. */
  readonly ready: () => boolean;
  /** Gives the number back. */
  stop(): Promise<void>;
}

const RENEW_EVERY_MS = 60_000;
const BASE_MS = 100;
const CAP_MS = 2000;

/**
 * Takes a node number and keeps it, in the background: resolves when it has one, or when the first try has failed. Ids
 * are refused meanwhile, and the next try is made by itself.
 */
export async function keepNodeNumber(ports: NodeLeasePorts, { log }: Pick<Context, 'log'>): Promise<NodeNumber> {
  const lease = new NodeLease(ports, { ...nodeLeaseDefaults, holder: randomUUID() });
  const tried$ = new Subject<void>();
  const refused$ = new Subject<void>();
  const renewed$ = merge(timer(0, RENEW_EVERY_MS), refused$).pipe(
    exhaustMap(() =>
      defer(() => lease.renew()).pipe(
        retryWithBackoff({
          baseMs: BASE_MS,
          capMs: CAP_MS,
          retryable: () => true,
          onRetry: (err, waitMs) => {
            tried$.next();
            if (lease.number === undefined) log.warn({ err, retryInMs: Math.round(waitMs) }, 'no node number for ids');
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
        // The clock jumped, or the process slept: what a renewal may mend shall not wait for its minute.
        refused$.next();
        throw error;
      }
    },
    ready: () => lease.number !== undefined,
    stop: async () => {
      renewing.unsubscribe();
      // It lapses by itself if it can't be given back.
      await lease.release().catch((err: unknown) => log.warn({ err }, 'the node number was not given back'));
    },
  };
}
