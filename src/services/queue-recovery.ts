import { catchError, EMPTY, exhaustMap, finalize, from, mergeMap, Observable, of } from 'rxjs';
import { type LostSalesPorts, lostSales } from './lost-sales.ts';
import {
  type RecoveryOptions,
  type RecoveryOutcome,
  type RecoveryPorts,
  type RecoveryProgress,
  recoverSale,
} from './recovery.ts';

export type QueueRecoveryPorts = RecoveryPorts & LostSalesPorts;

export type QueueRecoveryOptions = Pick<RecoveryOptions, 'deadlineMs' | 'group'>;

export type RecoveryEvent =
  | ({ readonly kind: 'progress' } & RecoveryProgress)
  | ({ readonly saleId: string } & RecoveryOutcome)
  /** The queue serves again, whatever became of its sales. */
  | { readonly kind: 'serving' }
  /** The sale, or without one the queue as a whole, is tried again with a later tick. */
  | { readonly kind: 'fault'; readonly saleId?: string; readonly fault: unknown };

/** Sales that are recovered at once: most of the time they wait for the deadline or for the workers. */
const AT_ONCE = 64;

/**
 * Looks with each tick for sales that the queue has lost, and recovers them side by side. A tick that comes while the last
 * one's look is under way is dropped; a sale that is being recovered is left alone. The first sale that is sound again
 * lets the queue serve: those that are not have fences of their own.
 *
 * Unsubscribing ends each recovery at its next step; what it awaits then goes on, and stands another leader beside it.
 */
export function queueRecovery(
  tick$: Observable<unknown>,
  ports: QueueRecoveryPorts,
  options: QueueRecoveryOptions,
): Observable<RecoveryEvent> {
  const inHand = new Set<string>();

  const look = async (): Promise<readonly string[]> => {
    const lost = await lostSales(ports);
    return lost.filter((saleId) => !inHand.has(saleId));
  };

  const serve = async (): Promise<readonly RecoveryEvent[]> => {
    if (await ports.recovery.serves()) return [];
    await ports.recovery.declareSound();
    return [{ kind: 'serving' }];
  };

  const recover = (saleId: string) =>
    new Observable<RecoveryEvent>((subscriber) => {
      inHand.add(saleId);
      const leading = new AbortController();
      const run = async () => {
        const onStep = (progress: RecoveryProgress) => subscriber.next({ kind: 'progress', ...progress });
        const outcome = await recoverSale(saleId, ports, { ...options, signal: leading.signal, onStep });
        if (outcome.kind === 'recovered') for (const event of await serve()) subscriber.next(event);
        subscriber.next({ saleId, ...outcome });
        subscriber.complete();
      };
      run().catch((fault: unknown) => {
        subscriber.next({ kind: 'fault', saleId, fault });
        subscriber.complete();
      });
      return () => leading.abort();
    }).pipe(finalize(() => inHand.delete(saleId)));

  return tick$.pipe(
    exhaustMap(() =>
      from(look()).pipe(
        mergeMap((lost): Observable<string | readonly RecoveryEvent[]> => {
          if (lost.length > 0) return from(lost);
          return inHand.size > 0 ? EMPTY : from(serve());
        }),
        catchError((fault: unknown) => of([{ kind: 'fault', fault } satisfies RecoveryEvent])),
      ),
    ),
    mergeMap((next) => (typeof next === 'string' ? recoverOnce(next) : from(next)), AT_ONCE),
  );

  function recoverOnce(saleId: string): Observable<RecoveryEvent> {
    return inHand.has(saleId) ? EMPTY : recover(saleId);
  }
}
