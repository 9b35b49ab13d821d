import { isListed, type Sale } from '../../domain/sale.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';

type ReadSales = () => Promise<readonly Sale[]>;

/** How long after its last deadline a sale is still watched: covers a queue or worker outage of a day. */
const WATCH_AFTER_MS = 24 * 60 * 60 * 1000;
/** Interval at which all sales ever opened are returned, so that no deadline is missed even after a longer outage. */
const ALL_EVERY_MS = 60_000;

/**
 * The listed sales that may have reservations or deadlines: those that have opened and whose last deadline is less than a day
 * ago; on the first call, and once a minute, all that have opened.
 */
export function watched(sales: ReadSales, clock: Clock): ReadSales {
  let allAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const read = await sales();
    const now = clock.now();
    const opened = read.filter((sale) => isListed(sale) && sale.opensAt <= now);
    if (clock.monotonic() - allAt >= ALL_EVERY_MS) {
      allAt = clock.monotonic();
      return opened;
    }
    return opened.filter(({ closesAt, payWithinSeconds }) => now < closesAt + payWithinSeconds * 1000 + WATCH_AFTER_MS);
  };
}

/** Those of the sales that have due orders: one query for all of them. Errors: those of `sales` and of the store. */
export function withDueOrders(
  sales: ReadSales,
  { store, clock }: { readonly store: Pick<OrderStore, 'salesDue'>; readonly clock: Pick<Clock, 'now'> },
): ReadSales {
  return async () => {
    const watched = await sales();
    // Never earlier than the time by which orders expire: see expiry-clock.ts.
    return named(watched, await store.salesDue(idsOf(watched), clock.now()));
  };
}

/** Those of the sales that may have stranded reservations. Errors: those of `sales` and of the queue. */
export function withUnpublished(sales: ReadSales, queue: Pick<TicketQueue, 'withUnpublished'>): ReadSales {
  return async () => {
    const watched = await sales();
    return named(watched, await queue.withUnpublished(idsOf(watched)));
  };
}

function idsOf(sales: readonly Sale[]): readonly string[] {
  return sales.map(({ id }) => id);
}

function named(sales: readonly Sale[], ids: readonly string[]): readonly Sale[] {
  if (ids.length === 0) return [];
  const wanted = new Set(ids);
  return sales.filter(({ id }) => wanted.has(id));
}
