import { connect, merge, type Observable } from 'rxjs';
import type { HousekeepingOptions, HousekeepingPorts, HousekeepingResult } from './contract.ts';
import { expire } from './expire.ts';
import { rebook } from './rebook.ts';
import { refund } from './refund.ts';
import { returnTickets } from './return-tickets.ts';

export type {
  HousekeepingOptions as DeadlineOptions,
  HousekeepingPorts as DeadlinePorts,
  HousekeepingResult as DeadlineResult,
} from './contract.ts';

export const housekeepingDefaults = {
  // A transaction of some 50 ms, and one call that occupies Redis for a few.
  batchSize: 500,
  // More than one: a sale with 100,000 due orders must not delay the others.
  salesAtOnce: 3,
  // Five times as long as the batch took: purchases have the database to themselves for five sixths of the time.
  pauseFactor: 5,
  // A slow store does not lengthen the pauses further: 100,000 orders are 200 batches, to be done within a minute.
  maxPauseMs: 150,
  // An unavailable dependency gets one call a second from each step, and the log one line.
  faultPauseMs: 1000,
  refundsAtOnce: 4,
  // Far longer than workers take; so long the tickets are kept from others if the money was given back meanwhile after all.
  rebookWithinSeconds: 60,
} as const satisfies HousekeepingOptions;

/**
 * Finishes, on each tick, what deadlines and crashed processes leave behind:
 *
 * - orders that were not paid in time expire, and their tickets go back on sale;
 * - tickets that ended orders still owe are returned to the queue: those of an order that was cancelled or expired by a
 *   process that crashed, or while the queue was unavailable, or that lost to a conflicting order;
 * - payments captured for an order that had already ended buy its tickets again, or are refunded, as is what admins give back.
 *
 * The steps do not wait for each other, nor does one sale for another. A fault is reported, and a later tick
 * finds the unfinished work again. All of it may be done by two processes at once: the store's conditional update, and
 * the queue, which knows the order that holds a ticket, decide. When unsubscribed, it finishes the batches in progress
 * and starts no more.
 */
export function housekeeping(
  tick$: Observable<unknown>,
  ports: HousekeepingPorts,
  options: HousekeepingOptions = housekeepingDefaults,
): Observable<HousekeepingResult> {
  // Orders whose tickets an expiry is about to return: `returnTickets` skips them.
  const expiring = new Set<string>();
  return tick$.pipe(
    connect((shared$) =>
      merge(
        expire(shared$, ports, options, expiring),
        returnTickets(shared$, ports, options, expiring),
        rebook(shared$, ports, options),
        refund(shared$, ports, options),
      ),
    ),
  );
}
