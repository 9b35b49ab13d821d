import { describe, expect, it } from 'vitest';
import { newName, newOrderId, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { answersOf, ticketOf, ticketsOf } from './harness.ts';

/** Reservations that end without returning their tickets. */
export function ticketQueueForfeitTests({ queue, load, answers, audit }: QueueBench): void {
  describe('a forfeit', () => {
    it('ends the reservation and its relay, and returns no ticket', async () => {
      const saleId = await load({ total: 3 });
      const items = purchases(2);
      await answers(saleId, items);
      const before = await queue().stock(saleId);
      await queue().forfeit(saleId, [{ orderId: items[0]?.orderId ?? '', tickets: [1] }]);

      expect(await queue().find(saleId, items[0]?.orderId ?? '')).toBeUndefined();
      expect(await audit(saleId)).toMatchObject({ held: 1, heldByBuyers: 1, remaining: 1, pending: 1 });
      expect(await queue().stock(saleId)).toEqual(before);
      expect((await answers(saleId, purchases(2))).map(ticketOf)).toEqual([3, undefined]);
    });

    it("frees the buyer's limit, and keeps the key answered", async () => {
      const saleId = await load({ perBuyerLimit: 1 });
      const item = purchase({ userId: 'u', key: 'k:1' });
      await answers(saleId, [item]);
      await queue().forfeit(saleId, [{ orderId: item.orderId, tickets: [1] }]);

      expect(await answers(saleId, [{ ...item, orderId: newOrderId() }, purchase({ userId: 'u' })])).toMatchObject([
        { kind: 'replayed', orderId: item.orderId },
        { kind: 'reserved', tickets: [2] },
      ]);
    });

    it('is idempotent, releases nothing, and ignores orders that hold nothing', async () => {
      const saleId = await load();
      const item = purchase();
      await answers(saleId, [item]);
      const forfeited = { orderId: item.orderId, tickets: [1] };
      await queue().forfeit(saleId, [forfeited, forfeited, { orderId: newOrderId(), tickets: [1] }]);
      await queue().forfeit(saleId, [forfeited]);

      expect(await queue().release(saleId, [item.orderId])).toEqual([]);
      expect(await audit(saleId)).toMatchObject({ held: 0, heldByBuyers: 0, remaining: 9, doubled: [] });
    });

    it('of some tickets of an order returns the others', async () => {
      const saleId = await load({ total: 6, perBuyerLimit: 4 });
      const [item, other] = [purchase({ quantity: 4, userId: 'u' }), purchase({ quantity: 2 })];
      await answers(saleId, [item, other]);
      const before = await queue().stock(saleId);
      const forfeited = [
        { orderId: item.orderId, tickets: [1, 3] },
        { orderId: newOrderId(), tickets: [5] },
      ];
      await queue().forfeit(saleId, forfeited);
      const after = await queue().stock(saleId);

      expect(after?.remaining).toBe(2);
      expect(after?.version).toBeGreaterThan(before?.version ?? Number.NaN);
      expect(await queue().find(saleId, item.orderId)).toBeUndefined();
      expect(await audit(saleId)).toMatchObject({ held: 2, heldByBuyers: 2, remaining: 2, pending: 1, doubled: [] });
      await queue().forfeit(saleId, forfeited);
      expect(await queue().stock(saleId)).toEqual(after);
      expect((await answers(saleId, [purchase({ quantity: 2, userId: 'u' }), purchase()])).map(ticketsOf)).toEqual([
        [2, 4],
        [],
      ]);
    });

    it("ignores tickets that are not the order's", async () => {
      const saleId = await load({ total: 5 });
      const [item, other] = [purchase({ quantity: 2 }), purchase({ quantity: 2 })];
      await answers(saleId, [item, other]);
      await queue().forfeit(saleId, [{ orderId: item.orderId, tickets: [2, 3, 5, 11] }]);

      expect(await queue().find(saleId, other.orderId)).toMatchObject({ tickets: [3, 4] });
      expect((await answers(saleId, purchases(3))).map(ticketOf)).toEqual([5, 1, undefined]);
    });

    it("does not count as one of the buyer's ended orders", async () => {
      const saleId = await load();
      const userId = newName('user');
      const [first, second] = [purchase({ userId, quantity: 2 }), purchase({ userId })] as const;
      await answers(saleId, [first]);
      await queue().forfeit(saleId, [{ orderId: first.orderId, tickets: [1] }]);

      expect(answersOf(await queue().reserve(saleId, 1, [second], 0, 1))).toMatchObject([{ kind: 'reserved' }]);
    });
  });
}
