import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';

/**
 * Puts a draft on sale. The queue is loaded first: a crash in between leaves tickets that nobody can see, and publishing
 * again finds them there; the other way round buyers would meet a sale without a queue.
 */
export async function publish(
  draft: Sale,
  ports: { readonly catalogue: Pick<Catalogue, 'putSale'>; readonly queue: Pick<TicketQueue, 'load'> },
): Promise<Sale> {
  await ports.queue.load(draft);
  const sale: Sale = { ...draft, status: 'published', version: draft.version + 1 };
  await ports.catalogue.putSale(sale);
  return sale;
}
