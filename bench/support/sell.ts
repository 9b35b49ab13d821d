import { createIdSource } from '../../src/domain/ids.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { SellItem } from '../../src/ports/atomic-sale.ts';
import type { Ports } from '../../src/roles/ports.ts';

const BATCH = 64;
const BATCHES_IN_FLIGHT = 8;

/** Of a node that no process of a benchmark gets. */
const newId = createIdSource({ node: 1000, now: Date.now });

/** Sells so many tickets as a front does, each to a buyer of its own, but for the HTTP. */
export async function sellThrough(ports: Ports, sale: Sale, count: number): Promise<void> {
  for (let left = count; left > 0; left -= BATCH * BATCHES_IN_FLIGHT) {
    const counts = Array.from({ length: BATCHES_IN_FLIGHT }, (_, n) => Math.min(BATCH, left - n * BATCH));
    await Promise.all(counts.filter((size) => size > 0).map((size) => sellBatch(ports, sale, size)));
  }
}

async function sellBatch({ atomicSale: oneStep, queue, log }: Ports, sale: Sale, count: number): Promise<void> {
  const items: SellItem[] = Array.from({ length: count }, () => {
    const orderId = newId();
    return { orderId, userId: `sleeper-${orderId}`, key: `o:${orderId}`, fingerprint: '{}', requestId: 'bench' };
  });
  const reply = await (oneStep?.sell(sale, items) ?? queue.reserve(sale.id, sale.epoch, items));
  if (reply.kind !== 'answered') throw new Error(`not sold: ${reply.kind}`);
  if (oneStep !== undefined) return;
  const sold = items.map((item, n) => ({ ...item, ...(reply.answers[n] as { ticket: number; reservedAt: number }) }));
  const { id: saleId, productId, epoch, price, payWithinSeconds } = sale;
  await log.append({ type: 'reservations', saleId, productId, epoch, price, payWithinSeconds, items: sold });
  await queue.published(
    saleId,
    epoch,
    sold.map(({ orderId }) => orderId),
  );
}
