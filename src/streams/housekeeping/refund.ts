import { catchError, defer, exhaustMap, from, mergeMap, type Observable, of } from 'rxjs';
import type { RefundDue } from '../../ports/order-payments.ts';
import type { HousekeepingOptions, HousekeepingPorts, HousekeepingResult } from './contract.ts';
import { pauseAfterFault } from './paced.ts';

type Refunded = Extract<HousekeepingResult, { step: 'refund' }>;

/** Gives back payments that pay nothing, and what admins refund. What one tick does not finish, the next one finds. */
export function refund(
  tick$: Observable<unknown>,
  { store, payments, clock }: HousekeepingPorts,
  options: HousekeepingOptions,
): Observable<Refunded> {
  const refundOne = async (due: RefundDue): Promise<Refunded> => {
    try {
      await payments.refund(due);
      // Due until this is stored: it may be requested again, and the provider refunds it once.
      await store.refunded(due, clock.now());
      return { step: 'refund', refunded: 1 };
    } catch (fault) {
      return { step: 'refund', refunded: 0, fault };
    }
  };

  return tick$.pipe(
    exhaustMap(() =>
      pauseAfterFault(
        defer(() => store.refundsDue(options.batchSize)).pipe(
          mergeMap((due) => from(due)),
          mergeMap(refundOne, options.refundsAtOnce),
          catchError((fault: unknown) => of<Refunded>({ step: 'refund', refunded: 0, fault })),
        ),
        options,
      ),
    ),
  );
}
