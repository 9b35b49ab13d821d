import { filter, map, type Observable, type SchedulerLike } from 'rxjs';
import type { Stock } from '../../domain/stock.ts';
import type { BusEvent } from '../../ports/event-bus.ts';
import { conflateBy } from '../operators/conflate-by.ts';

export interface ObservedStock {
  readonly saleId: string;
  readonly stock: Stock;
}

export interface StockEventsOptions {
  /** Milliseconds between two events of a sale at the least: as often as a countdown shows them. */
  readonly ms: number;
  readonly scheduler?: SchedulerLike;
}

export const stockEventsDefaults = { ms: 100 } as const satisfies StockEventsOptions;

/**
 * What this process's purchases saw of the stock -> what others are told: the newest, at most ten times a second and sale,
 * and nothing while it stays as it was: a sale that is sold out has thousands of losers a second and no events.
 */
export function stockEvents(
  observed$: Observable<ObservedStock>,
  { ms, scheduler }: StockEventsOptions = stockEventsDefaults,
): Observable<Extract<BusEvent, { type: 'stock' }>> {
  // A number a sale; a process sells too few to count.
  const newest = new Map<string, number>();
  return observed$.pipe(
    // Batches overtake each other: an older observation may come later.
    filter(({ saleId, stock: { version } }) => {
      if (version <= (newest.get(saleId) ?? Number.NEGATIVE_INFINITY)) return false;
      newest.set(saleId, version);
      return true;
    }),
    conflateBy({
      keyOf: ({ saleId }) => saleId,
      ms,
      ...(scheduler === undefined ? {} : { scheduler }),
    }),
    map(({ saleId, stock }) => ({ type: 'stock', saleId, stock })),
  );
}
