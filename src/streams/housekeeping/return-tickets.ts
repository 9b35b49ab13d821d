import { exhaustMap, filter, type Observable } from 'rxjs';
import { groupBy } from '../../domain/group-by.ts';
import type { OwedTicket } from '../../ports/order-store.ts';
import { announceStock } from './announce.ts';
import type { HousekeepingOptions, HousekeepingPorts, HousekeepingResult } from './contract.ts';
import { type Batch, paced, pauseAfterFault } from './paced.ts';

type Returned = Extract<HousekeepingResult, { step: 'return' }>;

/**
 * Returns the tickets that ended orders owe to the queue, except those that are `inHand` elsewhere in this process. The
 * reservation of an order that lost its ticket to another one goes, and the ticket stays away.
 */
export function returnTickets(
  tick$: Observable<unknown>,
  ports: HousekeepingPorts,
  options: HousekeepingOptions,
  inHand: ReadonlySet<string>,
): Observable<Returned> {
  const { store, queue } = ports;

  const returnOf = async (saleId: string, owed: readonly OwedTicket[]): Promise<Returned> => {
    const back = owed.filter(({ forfeit }) => !forfeit).map(idOf);
    const forfeited = owed.filter(({ forfeit }) => forfeit).map(idOf);
    try {
      // Owed until `returned`: whoever looks next releases them once more, and finds them released.
      if (forfeited.length > 0) await queue.forfeit(saleId, forfeited);
      if (back.length > 0) await queue.release(saleId, back);
      await store.returned(owed.map(idOf));
    } catch (fault) {
      return { step: 'return', saleId, returned: 0, fault };
    }
    if (back.length > 0) await announceStock(ports, saleId);
    return {
      step: 'return',
      saleId,
      returned: back.length,
      ...(forfeited.length > 0 && { forfeited: forfeited.length }),
    };
  };

  const round = () => {
    const failedSales = new Set<string>();
    let passedOver = 0;

    return async (): Promise<Batch<Returned>> => {
      // Tickets of a sale whose queue is away stand in front of those that can go back: look past them.
      const limit = options.batchSize + 2 * passedOver;
      try {
        const owed = await store.owedTickets(limit);
        const todo = owed.filter(({ saleId, orderId }) => !failedSales.has(saleId) && !inHand.has(orderId));
        const results: Returned[] = [];
        for (const [saleId, tickets] of groupBy(todo.slice(0, options.batchSize), ({ saleId }) => saleId)) {
          const result = await returnOf(saleId, tickets);
          if (result.fault !== undefined) failedSales.add(saleId);
          results.push(result);
        }
        passedOver = owed.length - results.reduce((sum, result) => sum + doneIn(result), 0);
        return { results, more: owed.length === limit || todo.length > options.batchSize };
      } catch (fault) {
        return { results: [{ step: 'return', returned: 0, fault }], more: false };
      }
    };
  };

  return tick$.pipe(
    exhaustMap(() => pauseAfterFault(paced(round(), ports, options), options)),
    filter((result) => doneIn(result) > 0 || result.fault !== undefined),
  );
}

function doneIn({ returned, forfeited = 0 }: Returned): number {
  return returned + forfeited;
}

function idOf({ orderId }: OwedTicket): string {
  return orderId;
}
