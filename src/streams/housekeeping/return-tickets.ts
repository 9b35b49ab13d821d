import { exhaustMap, filter, type Observable } from 'rxjs';
import { groupBy } from '../../domain/group-by.ts';
import type { OwedTickets } from '../../ports/order-store.ts';
import type { ForfeitedOrder } from '../../ports/ticket-queue.ts';
import { announceStock } from './announce.ts';
import type { HousekeepingOptions, HousekeepingPorts, HousekeepingResult } from './contract.ts';
import { type Batch, paced, pauseAfterFault } from './paced.ts';

type Returned = Extract<HousekeepingResult, { step: 'return' }>;

/**
 * Returns the tickets that ended orders owe to the queue, except those that this process is `expiring`. An order that
 * lost a ticket to another one only gives that one up; it is not returned.
 */
export function returnTickets(
  tick$: Observable<unknown>,
  ports: HousekeepingPorts,
  options: HousekeepingOptions,
  expiring: ReadonlySet<string>,
): Observable<Returned> {
  const { store, queue } = ports;

  const returnOf = async (saleId: string, owed: readonly OwedTickets[]): Promise<Returned> => {
    const back = owed.filter(({ heldByOthers }) => heldByOthers.length === 0);
    const forfeited = owed.filter(({ heldByOthers }) => heldByOthers.length > 0);
    try {
      // Owed until `returned`: a later round releases them once more, which has no effect.
      if (forfeited.length > 0) await queue.forfeit(saleId, forfeited.map(forfeitOf));
      if (back.length > 0) await queue.release(saleId, back.map(idOf));
      await store.returned(owed.map(idOf));
    } catch (fault) {
      return { step: 'return', saleId, orders: 0, returned: 0, fault };
    }
    const returned = owed.reduce((sum, { quantity, heldByOthers }) => sum + quantity - heldByOthers.length, 0);
    if (returned > 0) await announceStock(ports, saleId);
    return {
      step: 'return',
      saleId,
      orders: owed.length,
      returned,
      ...(forfeited.length > 0 && { forfeited: forfeited.length }),
    };
  };

  const round = () => {
    const failedSales = new Set<string>();
    let skipped = 0;

    return async (): Promise<Batch<Returned>> => {
      // Tickets of a sale whose queue is unavailable precede those that can be returned: read past them.
      const limit = options.batchSize + 2 * skipped;
      try {
        const owed = await store.owedTickets(limit);
        const todo = owed.filter(({ saleId, orderId }) => !failedSales.has(saleId) && !expiring.has(orderId));
        const results: Returned[] = [];
        for (const [saleId, tickets] of groupBy(todo.slice(0, options.batchSize), ({ saleId }) => saleId)) {
          const result = await returnOf(saleId, tickets);
          if (result.fault !== undefined) failedSales.add(saleId);
          results.push(result);
        }
        skipped = owed.length - results.reduce((sum, result) => sum + result.orders, 0);
        return { results, more: owed.length === limit || todo.length > options.batchSize };
      } catch (fault) {
        return { results: [{ step: 'return', orders: 0, returned: 0, fault }], more: false };
      }
    };
  };

  return tick$.pipe(
    exhaustMap(() => pauseAfterFault(paced(round(), ports, options), options)),
    filter((result) => result.orders > 0 || result.fault !== undefined),
  );
}

function idOf({ orderId }: OwedTickets): string {
  return orderId;
}

function forfeitOf({ orderId, heldByOthers }: OwedTickets): ForfeitedOrder {
  return { orderId, tickets: heldByOthers };
}
