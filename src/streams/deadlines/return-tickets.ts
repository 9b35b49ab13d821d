import { exhaustMap, filter, type Observable } from 'rxjs';
import type { OwedTicket } from '../../ports/order-store.ts';
import { announceStock } from './announce.ts';
import type { DeadlineOptions, DeadlinePorts, DeadlineResult } from './contract.ts';
import { type Batch, paced, pauseAfterFault } from './paced.ts';

type Returned = Extract<DeadlineResult, { step: 'return' }>;

/** Returns the tickets that ended orders owe to the queue, except those that are `inHand` elsewhere in this process. */
export function returnTickets(
  tick$: Observable<unknown>,
  ports: DeadlinePorts,
  options: DeadlineOptions,
  inHand: ReadonlySet<string>,
): Observable<Returned> {
  const { store, queue } = ports;

  const returnOf = async (saleId: string, orderIds: readonly string[]): Promise<Returned> => {
    try {
      // Owed until `returned`: whoever looks next releases them once more, and finds them released.
      await queue.release(saleId, orderIds);
      await store.returned(orderIds);
    } catch (fault) {
      return { step: 'return', saleId, returned: 0, fault };
    }
    await announceStock(ports, saleId);
    return { step: 'return', saleId, returned: orderIds.length };
  };

  const round = () => {
    const failedSales = new Set<string>();
    let passedOver = 0;

    return async (): Promise<Batch<Returned>> => {
      // Tickets of a sale whose queue is away stand in front of those that can go back: look past them.
      const limit = options.batchSize + 2 * passedOver;
      try {
        const owed = await store.owedTickets(limit);
        const todo = owed.filter(
          ({ saleId, orderId, forfeit }) => !forfeit && !failedSales.has(saleId) && !inHand.has(orderId),
        );
        const results: Returned[] = [];
        for (const [saleId, orderIds] of bySale(todo.slice(0, options.batchSize))) {
          const result = await returnOf(saleId, orderIds);
          if (result.fault !== undefined) failedSales.add(saleId);
          results.push(result);
        }
        passedOver = owed.length - results.reduce((sum, { returned }) => sum + returned, 0);
        return { results, more: owed.length === limit || todo.length > options.batchSize };
      } catch (fault) {
        return { results: [{ step: 'return', returned: 0, fault }], more: false };
      }
    };
  };

  return tick$.pipe(
    exhaustMap(() => pauseAfterFault(paced(round(), ports, options), options)),
    filter(({ returned, fault }) => returned > 0 || fault !== undefined),
  );
}

function bySale(tickets: readonly OwedTicket[]): Map<string, string[]> {
  const sales = new Map<string, string[]>();
  for (const { saleId, orderId } of tickets) {
    const orderIds = sales.get(saleId);
    if (orderIds === undefined) sales.set(saleId, [orderId]);
    else orderIds.push(orderId);
  }
  return sales;
}
