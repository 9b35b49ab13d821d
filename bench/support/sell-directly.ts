import { systemClock } from '../../src/adapters/system/clock.ts';
import { createIdSource } from '../../src/domain/ids.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { SellItem } from '../../src/ports/atomic-sale.ts';
import type { ReserveAnswer } from '../../src/ports/ticket-queue.ts';
import { poll } from '../../src/resilience/poll.ts';
import type { Ports } from '../../src/roles/ports.ts';

/** Of the log, which connects in the background. */
const POLL_MS = 50;
const BATCH = 64;
const BATCHES_IN_FLIGHT = 8;

/** Of a node number that no process of a benchmark leases. */
const newId = createIdSource({ node: 1000, now: Date.now });

/** Sells `count` tickets through the ports as a front does, without HTTP, each to another buyer. */
export async function sellDirectly(ports: Ports, sale: Sale, count: number): Promise<void> {
  await poll(async () => ports.log.writable(), { until: Boolean, everyMs: POLL_MS, clock: systemClock });
  for (let left = count; left > 0; left -= BATCH * BATCHES_IN_FLIGHT) {
    const counts = Array.from({ length: BATCHES_IN_FLIGHT }, (_, n) => Math.min(BATCH, left - n * BATCH));
    await Promise.all(counts.filter((size) => size > 0).map((size) => sellBatch(ports, sale, size)));
  }
}

async function sellBatch({ atomicSale, queue, log }: Ports, sale: Sale, count: number): Promise<void> {
  const items: SellItem[] = Array.from({ length: count }, () => {
    const orderId = newId();
    return {
      orderId,
      userId: `buyer-${orderId}`,
      key: `o:${orderId}`,
      fingerprint: '{}',
      requestId: 'bench',
      quantity: 1,
    };
  });
  const reply = await (atomicSale?.sell(sale, items) ?? queue.reserve(sale.id, sale.epoch, items));
  if (reply.kind !== 'answered') throw new Error(`not sold: ${reply.kind}`);
  if (atomicSale !== undefined) return;
  const sold = items.map((item, n) => ({
    ...item,
    ...(reply.answers[n] as Extract<ReserveAnswer, { kind: 'reserved' }>),
  }));
  const { id: saleId, productId, epoch, price, payWithinSeconds } = sale;
  await log.append({ type: 'reservations', saleId, productId, epoch, price, payWithinSeconds, items: sold });
  await queue.published(
    saleId,
    epoch,
    sold.map(({ orderId }) => orderId),
  );
}
