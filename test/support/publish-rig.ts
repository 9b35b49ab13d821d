import { Fault } from '../../src/domain/errors.ts';
import type { Sale, SaleStatus } from '../../src/domain/sale.ts';
import type { SaleChange } from '../../src/ports/catalogue.ts';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryCatalogue } from './fakes/memory-catalogue.ts';
import { MemoryTicketQueue } from './fakes/memory-ticket-queue.ts';
import { aSale } from './sales.ts';

export const UNAVAILABLE = new Fault('unavailable', 'down');
export const DRAFT = aSale({ status: 'draft' });

/** A catalogue and a queue with `sale-1`, a draft by default. */
export function publishRig(stored: readonly Sale[] = [DRAFT]) {
  const clock = new ManualClock();
  const memory = new MemoryCatalogue(stored);
  const queue = new MemoryTicketQueue(clock.now);
  const published: BusEvent[] = [];
  const forgotten: string[] = [];
  const statuses: SaleStatus[] = [];
  /** Called before each save, load and close. */
  const hooks = { save: async (_sale: Sale) => {}, load: async (_sale: Pick<Sale, 'id'>) => {}, close: async () => {} };
  const ports = {
    clock,
    catalogue: {
      sale: (id: string) => memory.sale(id),
      sales: memory.sales.bind(memory),
      addSale: (sale: Sale) => memory.addSale(sale),
      saveSale: async (sale: Sale, change?: SaleChange) => {
        await hooks.save(sale);
        const saved = await memory.saveSale(sale, change);
        if (saved) statuses.push(sale.status);
        return saved;
      },
    },
    queue: {
      load: async (sale: Sale) => {
        await hooks.load(sale);
        await queue.load(sale);
      },
      close: async (saleId: string, epoch: number) => {
        await hooks.close();
        await queue.close(saleId, epoch);
      },
    },
    events: { publish: (event: BusEvent) => void published.push(event) },
    sales: { forget: (saleId: string) => void forgotten.push(saleId) },
  };
  const buy = async (userId: string) => {
    const reply = await queue.reserve('sale-1', 1, [
      { orderId: userId, userId, key: `o:${userId}`, fingerprint: '', quantity: 1 },
    ]);
    return reply.kind === 'answered' ? reply.answers[0]?.kind : reply.kind;
  };
  return { clock, memory, queue, published, forgotten, statuses, hooks, ports, buy };
}
