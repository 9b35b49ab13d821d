import { exhaustMap, filter, type Observable } from 'rxjs';
import { groupBy } from '../../domain/group-by.ts';
import type { OwedTicket } from '../../ports/order-store.ts';
import { announceStock } from './announce.ts';
import type { HousekeepingOptions, HousekeepingPorts, HousekeepingResult } from './contract.ts';
import { type Batch, paced, pauseAfterFault } from './paced.ts';

type Returned = Extract<HousekeepingResult, { step: 'return' }>;

/**
 * Returns the tickets that ended orders owe to the queue, except those that this process is `expiring`. An order that
 * lost its ticket to another one only gives up its reservation; the ticket is not returned.
 */
export function returnTickets(
  tick$: Observable<unknown>,
  ports: HousekeepingPorts,
  options: HousekeepingOptions,
  expiring: ReadonlySet<string>,
): Observable<Returned> {
  const { store, queue } = ports;

  const returnOf = async (saleId: string, owed: readonly OwedTicket[]): Promise<Returned> => {
    const back = owed.filter(({ forfeit }) => !forfeit).map(idOf);
    const forfeited = owed.filter(({ forfeit }) => forfeit).map(idOf);
    try {
      // Owed until `returned`: a later round releases them once more, which has no effect.
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
        skipped = owed.length - results.reduce((sum, result) => sum + doneIn(result), 0);
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
