import type { HousekeepingPorts } from './contract.ts';

/** Tells the stock of a sale that tickets went back to. Never fails: whoever must know reads it from the queue. */
export async function announceStock({ queue, events }: Pick<HousekeepingPorts, 'queue' | 'events'>, saleId: string) {
  try {
    const stock = await queue.stock(saleId);
    if (stock !== undefined) events.publish({ type: 'stock', saleId, stock });
  } catch {
    // The tickets are back; only nobody was told.
  }
}
