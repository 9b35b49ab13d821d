import { filter, map, type Observable, type SchedulerLike } from 'rxjs';
import type { Stock } from '../../domain/stock.ts';
import type { BusEvent } from '../../ports/event-bus.ts';
import { conflateBy } from '../operators/conflate-by.ts';

export interface ObservedStock {
  readonly saleId: string;
  readonly stock: Stock;
}

export interface StockEventsOptions {
  /** Minimum milliseconds between two events of a sale: countdowns show no more. */
  readonly ms: number;
  readonly scheduler?: SchedulerLike;
}

export const stockEventsDefaults = { ms: 100 } as const satisfies StockEventsOptions;

/**
 * Stock observed by this process' purchases -> events for other processes: the newest stock, at most ten times a second
 * per sale, and none while it is unchanged: a sold-out sale has thousands of losing requests a second and no events.
 */
export function stockEvents(
  observed$: Observable<ObservedStock>,
  { ms, scheduler }: StockEventsOptions = stockEventsDefaults,
): Observable<Extract<BusEvent, { type: 'stock' }>> {
  // One number per sale; a process serves too few sales for this to matter.
  const newest = new Map<string, number>();
  return observed$.pipe(
    // Batches finish out of order: an older observation may arrive later.
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
