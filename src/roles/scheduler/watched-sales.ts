import type { Sale } from '../../domain/sale.ts';
import type { Catalogue } from '../../ports/catalogue.ts';
import type { Clock } from '../../ports/clock.ts';
import { everySale } from '../../services/every-sale.ts';

type ReadSales = () => Promise<readonly Sale[]>;

/** Interval of catalogue reads: a sale published since the last one can't have a due order yet. */
const READ_EVERY_MS = 1000;
/** How long after its last deadline a sale is still watched: covers a queue or worker outage of a day. */
const WATCH_AFTER_MS = 24 * 60 * 60 * 1000;
/** Interval at which all sales ever opened are returned, so that no deadline is missed even after a longer outage. */
const ALL_EVERY_MS = 60_000;

/** The public sales, read at most once a second for all callers. Errors: Fault `unavailable` or `timeout`. */
export function publicSales(catalogue: Pick<Catalogue, 'sales'>, clock: Pick<Clock, 'monotonic'>): ReadSales {
  let last: Promise<readonly Sale[]> | undefined;
  let readAt = 0;
  return async () => {
    const at = clock.monotonic();
    if (last === undefined || at - readAt >= READ_EVERY_MS) {
      readAt = at;
      last = readAll(catalogue);
    }
    const reading = last;
    try {
      return await reading;
    } catch (error) {
      // A failure is not cached: the next call reads again.
      if (last === reading) last = undefined;
      throw error;
    }
  };
}

/**
 * The sales that may have reservations or deadlines: those that have opened and whose last deadline is less than a day
 * ago; on the first call, and once a minute, all that have opened.
 */
export function watched(sales: ReadSales, clock: Clock): ReadSales {
  let allAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const read = await sales();
    const now = clock.now();
    const opened = read.filter(({ opensAt }) => opensAt <= now);
    if (clock.monotonic() - allAt >= ALL_EVERY_MS) {
      allAt = clock.monotonic();
      return opened;
    }
    return opened.filter(({ closesAt, payWithinSeconds }) => now < closesAt + payWithinSeconds * 1000 + WATCH_AFTER_MS);
  };
}

async function readAll(catalogue: Pick<Catalogue, 'sales'>): Promise<Sale[]> {
  const sales: Sale[] = [];
  for await (const sale of everySale(catalogue, { includeDrafts: false })) sales.push(sale);
  return sales;
}
