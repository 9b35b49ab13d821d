import { catchError, EMPTY, exhaustMap, finalize, from, mergeMap, Observable, of } from 'rxjs';
import type { QueueRecovery, RecoveryOutcome, RecoveryProgress } from '../ports/queue-recovery.ts';

export interface QueueRecoveryPorts extends Pick<QueueRecovery, 'serves' | 'declareSound'> {
  /** The ids of the sales that the queue has lost. */
  readonly lostSales: () => Promise<readonly string[]>;
  /** Recovers a sale. Once the signal is aborted it ends at its next step. */
  readonly recoverSale: (saleId: string, run: RecoveryRun) => Promise<RecoveryOutcome>;
}

export interface RecoveryRun {
  readonly signal: AbortSignal;
  /** Called as each step begins. */
  readonly onStep: (progress: RecoveryProgress) => void;
}

export interface QueueRecoveryOptions {
  /** Sales that are recovered at once. Most of the time they wait for the deadline or for the workers. @default 64 */
  readonly concurrency: number;
}

export const queueRecoveryDefaults = { concurrency: 64 } as const satisfies QueueRecoveryOptions;

export type RecoveryEvent =
  | ({ readonly kind: 'progress' } & RecoveryProgress)
  | ({ readonly saleId: string } & RecoveryOutcome)
  /** The queue as a whole serves again; some sales may still be lost. */
  | { readonly kind: 'serving' }
  /** The recovery of this sale failed, or without a sale that of the queue as a whole. A later tick tries again. */
  | { readonly kind: 'fault'; readonly saleId?: string; readonly fault: unknown };

/**
 * Looks with each tick for sales that the queue has lost, and recovers them concurrently. A tick during the search of the
 * last one is dropped; a sale that is being recovered is skipped. The queue serves again as soon as the first sale is
 * recovered, since every other lost sale has a fence of its own.
 *
 * Unsubscribing ends each recovery at its next step; a call that is under way then continues, which is harmless beside
 * another leader.
 */
export function queueRecovery(
  tick$: Observable<unknown>,
  ports: QueueRecoveryPorts,
  options: Partial<QueueRecoveryOptions> = {},
): Observable<RecoveryEvent> {
  const { concurrency } = { ...queueRecoveryDefaults, ...options };
  const recovering = new Set<string>();

  const findLost = async (): Promise<readonly string[]> => {
    const lost = await ports.lostSales();
    return lost.filter((saleId) => !recovering.has(saleId));
  };

  const serve = async (): Promise<readonly RecoveryEvent[]> => {
    if (await ports.serves()) return [];
    await ports.declareSound();
    return [{ kind: 'serving' }];
  };

  const recover = (saleId: string) =>
    new Observable<RecoveryEvent>((subscriber) => {
      recovering.add(saleId);
      const leading = new AbortController();
      const run = async () => {
        const onStep = (progress: RecoveryProgress) => subscriber.next({ kind: 'progress', ...progress });
        const outcome = await ports.recoverSale(saleId, { signal: leading.signal, onStep });
        if (outcome.kind === 'recovered') for (const event of await serve()) subscriber.next(event);
        subscriber.next({ saleId, ...outcome });
        subscriber.complete();
      };
      run().catch((fault: unknown) => {
        subscriber.next({ kind: 'fault', saleId, fault });
        subscriber.complete();
      });
      return () => leading.abort();
    }).pipe(finalize(() => recovering.delete(saleId)));

  const recoverOnce = (saleId: string) => (recovering.has(saleId) ? EMPTY : recover(saleId));

  return tick$.pipe(
    exhaustMap(() =>
      from(findLost()).pipe(
        mergeMap((lost): Observable<string | readonly RecoveryEvent[]> => {
          if (lost.length > 0) return from(lost);
          return recovering.size > 0 ? EMPTY : from(serve());
        }),
        catchError((fault: unknown) => of([{ kind: 'fault', fault } satisfies RecoveryEvent])),
      ),
    ),
    mergeMap((next) => (typeof next === 'string' ? recoverOnce(next) : from(next)), concurrency),
  );
}
