import { connect, merge, type Observable } from 'rxjs';
import type { HousekeepingOptions, HousekeepingPorts, HousekeepingResult } from './contract.ts';
import { expire } from './expire.ts';
import { refund } from './refund.ts';
import { returnTickets } from './return-tickets.ts';

export type {
  HousekeepingOptions as DeadlineOptions,
  HousekeepingPorts as DeadlinePorts,
  HousekeepingResult as DeadlineResult,
} from './contract.ts';

export const housekeepingDefaults = {
  // A transaction of some 50 ms, and one call that keeps Redis busy for a few.
  batchSize: 500,
  // Two more than one: a sale with 100,000 orders that are due must not hold up the others.
  salesAtOnce: 3,
  // Five times as long as the batch took: purchases have five sixths of the time to themselves.
  restShare: 5,
  // A slow store gets no longer rests: 100,000 orders are 200 batches, to be done within a minute.
  restAtMostMs: 150,
  // A dependency that is away gets one call a second from each step, and the log one line.
  faultRestMs: 1000,
  refundsAtOnce: 4,
} as const satisfies HousekeepingOptions;

/**
 * What time and dead processes leave to be done, looked for at each tick:
 *
 * - orders that were not paid in time expire, and their tickets go back on sale;
 * - tickets that ended orders still owe to the queue go back: of an order that was cancelled or expired by a process that
 *   died, or while the queue was away, or that lost to a rival;
 * - money that was taken for an order that had ended goes back.
 *
 * The three don't wait for each other, nor a sale for another one. A fault is told, and what it kept from being done is
 * found again by a later tick. All of it may be done by two processes at once: the store's conditional update, and the
 * queue that knows which order holds a ticket, decide. Unsubscribed, it finishes the batches at hand and no more.
 */
export function housekeeping(
  tick$: Observable<unknown>,
  ports: HousekeepingPorts,
  options: HousekeepingOptions = housekeepingDefaults,
): Observable<HousekeepingResult> {
  // Orders whose tickets an expiry is about to return: looking for owed tickets passes them over.
  const inHand = new Set<string>();
  return tick$.pipe(
    connect((shared$) =>
      merge(
        expire(shared$, ports, options, inHand),
        returnTickets(shared$, ports, options, inHand),
        refund(shared$, ports, options),
      ),
    ),
  );
}
