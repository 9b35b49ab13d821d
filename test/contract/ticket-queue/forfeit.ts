import { describe, expect, it } from 'vitest';
import { newOrderId, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { ticketOf } from './harness.ts';

/** Reservations that end without returning their tickets. */
export function ticketQueueForfeitTests({ queue, load, answers, audit }: QueueBench): void {
  describe('a forfeit', () => {
    it('ends the reservation and its relay, and returns no ticket', async () => {
      const saleId = await load({ total: 3 });
      const items = purchases(2);
      await answers(saleId, items);
      const before = await queue().stock(saleId);
      await queue().forfeit(saleId, [items[0]?.orderId ?? '']);

      expect(await queue().find(saleId, items[0]?.orderId ?? '')).toBeUndefined();
      expect(await audit(saleId)).toMatchObject({ held: 1, heldByBuyers: 1, remaining: 1, pending: 1 });
      expect(await queue().stock(saleId)).toEqual(before);
      expect((await answers(saleId, purchases(2))).map(ticketOf)).toEqual([3, undefined]);
    });

    it("frees the buyer's limit, and keeps the key answered", async () => {
      const saleId = await load({ perBuyerLimit: 1 });
      const item = purchase({ userId: 'u', key: 'k:1' });
      await answers(saleId, [item]);
      await queue().forfeit(saleId, [item.orderId]);

      expect(await answers(saleId, [{ ...item, orderId: newOrderId() }, purchase({ userId: 'u' })])).toMatchObject([
        { kind: 'replayed', orderId: item.orderId },
        { kind: 'reserved', ticket: 2 },
      ]);
    });

    it('is idempotent, releases nothing, and ignores orders that hold nothing', async () => {
      const saleId = await load();
      const item = purchase();
      await answers(saleId, [item]);
      await queue().forfeit(saleId, [item.orderId, item.orderId, newOrderId()]);
      await queue().forfeit(saleId, [item.orderId]);

      expect(await queue().release(saleId, [item.orderId])).toEqual([]);
      expect(await audit(saleId)).toMatchObject({ held: 0, heldByBuyers: 0, remaining: 9, doubled: [] });
    });
  });
}
