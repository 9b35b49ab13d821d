import type { Sale } from '../../domain/sale.ts';
import type { Catalogue } from '../../ports/catalogue.ts';
import type { Clock } from '../../ports/clock.ts';
import { everySale } from '../../services/every-sale.ts';

type ReadSales = () => Promise<readonly Sale[]>;

/** How often the catalogue is read: a sale that was published since then has no order that is due. */
const READ_EVERY_MS = 1000;
/** How long after its last deadline a sale is still looked at closely: a queue or a worker that was away for a day. */
const WATCH_AFTER_MS = 24 * 60 * 60 * 1000;
/** How often all sales that ever opened are looked at, so that no outage is so long that a deadline is forgotten. */
const ALL_EVERY_MS = 60_000;

/** The public sales, read once a second at the most, however many ask. Errors: Fault `unavailable` or `timeout`. */
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
      // Whoever asks next may be luckier.
      if (last === reading) last = undefined;
      throw error;
    }
  };
}

/**
 * Of these, the sales that may have reservations or deadlines: those that opened and are not over for longer than a day;
 * with the first call, and once a minute, all that opened.
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
