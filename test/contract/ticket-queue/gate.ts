import { describe, expect, it } from 'vitest';
import { newOrderId, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { ticketOf } from './harness.ts';

const DAY_MS = 86_400_000;

/** When a sale sells, and how tickets return to it. */
export function ticketQueueGateTests({ queue, load, answers, audit }: QueueBench): void {
  describe('the gate', () => {
    it('refuses before the sale opens', async () => {
      const saleId = await load({ opensAt: Date.now() + DAY_MS, closesAt: Date.now() + 2 * DAY_MS });

      expect(await queue().reserve(saleId, 1, purchases(1))).toEqual({
        kind: 'answered',
        answers: [{ kind: 'notStarted' }],
        stock: { remaining: 10, version: expect.any(Number) },
      });
    });

    it('refuses after the sale ended', async () => {
      const saleId = await load({ opensAt: Date.now() - 2 * DAY_MS, closesAt: Date.now() - DAY_MS });

      expect(await answers(saleId, purchases(1))).toEqual([{ kind: 'ended' }]);
    });

    it('refuses purchases of a closed sale, but replays earlier ones', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      await answers(saleId, [item]);
      await queue().close(saleId, 1);

      expect(await answers(saleId, [purchase(), { ...item, orderId: newOrderId() }])).toMatchObject([
        { kind: 'closed' },
        { kind: 'replayed', orderId: item.orderId },
      ]);
      expect(await queue().find(saleId, item.orderId)).toMatchObject({ tickets: [1] });
    });

    it('is not closed by a caller of another epoch', async () => {
      const saleId = await load({ epoch: 5 });
      await queue().close(saleId, 4);
      await queue().close(saleId, 6);

      expect(await queue().reserve(saleId, 5, purchases(1))).toMatchObject({ answers: [{ kind: 'reserved' }] });
    });

    it('does nothing for a caller of another epoch, and returns its own', async () => {
      const saleId = await load({ epoch: 5 });

      expect(await queue().reserve(saleId, 4, purchases(1))).toEqual({ kind: 'stale', epoch: 5 });
      expect(await queue().reserve(saleId, 6, purchases(1))).toEqual({ kind: 'stale', epoch: 5 });
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 10 });
    });
  });

  describe('releasing', () => {
    it('appends tickets to the tail, in their order', async () => {
      const saleId = await load({ total: 4 });
      const items = purchases(3);
      await answers(saleId, items);
      const orderIds = items.map(({ orderId }) => orderId);
      expect(await queue().release(saleId, [orderIds[1] ?? '', orderIds[0] ?? ''])).toEqual([orderIds[1], orderIds[0]]);

      expect((await answers(saleId, purchases(4))).map(ticketOf)).toEqual([4, 2, 1, undefined]);
    });

    it('is idempotent', async () => {
      const saleId = await load();
      const item = purchase();
      await answers(saleId, [item]);

      expect(await queue().release(saleId, [item.orderId, item.orderId])).toEqual([item.orderId]);
      expect(await queue().release(saleId, [item.orderId])).toEqual([]);
      expect(await audit(saleId)).toMatchObject({ held: 0, heldByBuyers: 0, remaining: 10, doubled: [] });
    });

    it('ignores orders that hold nothing', async () => {
      const saleId = await load();

      expect(await queue().release(saleId, [newOrderId(), 'no order'])).toEqual([]);
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 10 });
    });

    it('does not take the ticket from its next holder', async () => {
      const saleId = await load({ total: 1 });
      const [first, second] = [purchase(), purchase()];
      await answers(saleId, [first]);
      await queue().release(saleId, [first.orderId]);
      await answers(saleId, [second]);

      expect(await queue().release(saleId, [first.orderId])).toEqual([]);
      expect(await queue().find(saleId, first.orderId)).toBeUndefined();
      expect(await queue().find(saleId, second.orderId)).toMatchObject({ tickets: [1] });
    });
  });

  it('finds the reservation of an order in its own sale', async () => {
    const [saleId, otherSale] = [await load(), await load()];
    const item = purchase({ key: 'k:1' });
    const [answer] = await answers(saleId, [item]);
    const { orderId, userId, key } = item;
    const { tickets, reservedAt } = answer as { tickets: readonly number[]; reservedAt: number };

    expect(await queue().find(saleId, orderId)).toEqual({ orderId, userId, key, tickets, reservedAt });
    expect(await queue().find(otherSale, orderId)).toBeUndefined();
  });

  it('counts what it holds', async () => {
    const saleId = await load({ total: 8 });
    const items = purchases(5);
    await answers(saleId, items);
    await queue().release(saleId, [items[0]?.orderId ?? '']);
    await queue().published(saleId, 1, [items[1]?.orderId ?? '']);

    expect(await audit(saleId)).toEqual({
      epoch: 1,
      held: 4,
      heldByBuyers: 4,
      remaining: 4,
      pending: 3,
      doubled: [],
    });
  });
}
