import type { HousekeepingPorts } from './contract.ts';

/**
 * Publishes the stock of a sale after tickets were returned to it. Never fails: processes that miss the event read the
 * stock from the queue.
 */
export async function announceStock({ queue, events }: Pick<HousekeepingPorts, 'queue' | 'events'>, saleId: string) {
  try {
    const stock = await queue.stock(saleId);
    if (stock !== undefined) events.publish({ type: 'stock', saleId, stock });
  } catch {
    // The tickets are returned; only the event is missing.
  }
}
