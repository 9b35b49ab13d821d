import { Fault } from '../../src/domain/errors.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { Stock } from '../../src/domain/stock.ts';
import type { SaleQuery } from '../../src/ports/catalogue.ts';
import { Sales } from '../../src/services/sales.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryCatalogue } from './fakes/memory-catalogue.ts';
import { MemoryTicketQueue } from './fakes/memory-ticket-queue.ts';
import { aSale } from './sales.ts';

export const UNAVAILABLE = new Fault('unavailable', 'down');
export const SALE_TTL_MS = 1000;
export const STOCK_TTL_MS = 100;

/** A front's sales on the fakes: records each call of the catalogue and the queue, which hooks may delay or fail. */
export async function salesRig(stored: readonly Sale[] = [aSale()], capacity = 100) {
  const clock = new ManualClock();
  const catalogue = new MemoryCatalogue(stored);
  const queue = new MemoryTicketQueue(clock.now);
  for (const sale of stored) if (sale.status !== 'draft') await queue.load(sale);
  const asked = { sale: [] as string[], sales: [] as SaleQuery[], revisions: 0, stock: [] as string[] };
  const hooks = {
    sale: (proceed: () => Promise<Sale | undefined>) => proceed(),
    sales: (proceed: () => Promise<readonly Sale[]>) => proceed(),
    revision: (proceed: () => Promise<number>) => proceed(),
    stock: (proceed: () => Promise<Stock | undefined>) => proceed(),
  };
  const sales = new Sales(
    {
      clock,
      catalogue: {
        sale: (saleId) => {
          asked.sale.push(saleId);
          return hooks.sale(() => catalogue.sale(saleId));
        },
        salesRevision: () => {
          asked.revisions += 1;
          return hooks.revision(() => catalogue.salesRevision());
        },
        sales: (query) => {
          asked.sales.push(query);
          return hooks.sales(() => catalogue.sales(query));
        },
      },
      queue: {
        stock: (saleId) => {
          asked.stock.push(saleId);
          return hooks.stock(() => queue.stock(saleId));
        },
      },
    },
    { saleTtlMs: SALE_TTL_MS, stockTtlMs: STOCK_TTL_MS, capacity },
  );
  const sell = (userId: string) =>
    queue.reserve('sale-1', 1, [{ orderId: userId, userId, key: `o:${userId}`, fingerprint: '{}', quantity: 1 }]);
  return { clock, catalogue, queue, asked, hooks, sales, sell };
}
