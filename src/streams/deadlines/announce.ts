import type { DeadlinePorts } from './contract.ts';

/** Tells the stock of a sale that tickets went back to. Never fails: whoever must know reads it from the queue. */
export async function announceStock({ queue, news }: Pick<DeadlinePorts, 'queue' | 'news'>, saleId: string) {
  try {
    const stock = await queue.stock(saleId);
    if (stock !== undefined) news.tell({ type: 'stock', saleId, stock });
  } catch {
    // The tickets are back; only nobody was told.
  }
}
