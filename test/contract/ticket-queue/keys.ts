import { describe, expect, it } from 'vitest';
import { newOrderId, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { answersOf, ticketOf } from './harness.ts';

/** The answers to buyers who have purchased before. */
export function ticketQueueKeyTests({ queue, load, answers, audit }: QueueBench): void {
  describe('the key', () => {
    it('gives the same answer to the same order ids, and takes no other ticket', async () => {
      const saleId = await load();
      const items = purchases(3);
      const first = await queue().reserve(saleId, 1, items);

      expect(await queue().reserve(saleId, 1, items)).toEqual(first);
    });

    it('gives the same answer to the same order id after its release', async () => {
      const saleId = await load();
      const item = purchase();
      const first = await answers(saleId, [item]);
      await queue().release(saleId, [item.orderId]);

      expect(await answers(saleId, [item])).toEqual(first);
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 10 });
    });

    it('replays the first order to another call, with whether it was published', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      const [first] = await answers(saleId, [item]);
      const again = { ...item, orderId: newOrderId() };
      const { ticket, reservedAt } = first as { ticket: number; reservedAt: number };
      const replay = { kind: 'replayed', orderId: item.orderId, ticket, reservedAt };

      expect(await answers(saleId, [again])).toEqual([{ ...replay, published: false }]);
      await queue().published(saleId, 1, [item.orderId]);
      expect(await answers(saleId, [again])).toEqual([{ ...replay, published: true }]);
    });

    it('replays within one batch', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      const reply = await queue().reserve(saleId, 1, [item, { ...item, orderId: newOrderId() }]);

      expect(answersOf(reply)).toMatchObject([
        { kind: 'reserved', ticket: 1 },
        { kind: 'replayed', orderId: item.orderId, ticket: 1, published: false },
      ]);
      expect(reply).toMatchObject({ stock: { remaining: 9 } });
    });

    it('gives one order to concurrent calls with one key', async () => {
      const saleId = await load({ total: 50 });
      const replies = await Promise.all(
        Array.from({ length: 50 }, () => answers(saleId, [purchase({ userId: 'u', key: 'k:1' })])),
      );

      expect(new Set(replies.flat().map(ticketOf))).toEqual(new Set([1]));
      expect(replies.flat().filter(({ kind }) => kind === 'reserved')).toHaveLength(1);
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 49 });
    });

    it('refuses the same key for another request', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      await answers(saleId, [item]);

      expect(await answers(saleId, [{ ...item, orderId: newOrderId(), fingerprint: 'other' }])).toEqual([
        { kind: 'keyMismatch' },
      ]);
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 9 });
    });

    it('belongs to one buyer', async () => {
      const saleId = await load();

      expect(await answers(saleId, purchases(2, { key: 'k:1' }))).toMatchObject([
        { kind: 'reserved', ticket: 1 },
        { kind: 'reserved', ticket: 2 },
      ]);
    });

    it('stays answered after a release', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      await answers(saleId, [item]);
      await queue().release(saleId, [item.orderId]);

      expect(await answers(saleId, [{ ...item, orderId: newOrderId() }])).toMatchObject([
        { kind: 'replayed', orderId: item.orderId, ticket: 1 },
      ]);
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 10 });
    });

    it('is not used up by a refusal', async () => {
      const saleId = await load({ total: 1 });
      const holder = purchase();
      const item = purchase({ key: 'k:1' });
      expect(await answers(saleId, [holder, item])).toMatchObject([{ kind: 'reserved' }, { kind: 'soldOut' }]);
      await queue().release(saleId, [holder.orderId]);

      expect(await answers(saleId, [{ ...item, orderId: newOrderId() }])).toMatchObject([
        { kind: 'reserved', ticket: 1 },
      ]);
    });
  });

  describe("the buyer's limit", () => {
    it('counts across calls and names the live orders', async () => {
      const saleId = await load({ perBuyerLimit: 2 });
      const [a, b, c] = [purchase({ userId: 'u' }), purchase({ userId: 'u' }), purchase({ userId: 'u' })];
      await answers(saleId, [a]);
      await answers(saleId, [b]);
      const [refused] = await answers(saleId, [c]);

      expect(refused).toMatchObject({ kind: 'limitReached' });
      expect(refused?.kind === 'limitReached' && refused.orderIds.toSorted()).toEqual([a.orderId, b.orderId]);
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 8 });
    });

    it('counts earlier items of the same batch', async () => {
      const saleId = await load({ perBuyerLimit: 1 });
      const items = purchases(3, { userId: 'u' });

      expect(await answers(saleId, items)).toMatchObject([
        { kind: 'reserved' },
        { kind: 'limitReached', orderIds: [items[0]?.orderId] },
        { kind: 'limitReached', orderIds: [items[0]?.orderId] },
      ]);
    });

    it('is freed by a release', async () => {
      const saleId = await load({ perBuyerLimit: 1 });
      const first = purchase({ userId: 'u' });
      await answers(saleId, [first]);
      await queue().release(saleId, [first.orderId]);

      expect(await answers(saleId, purchases(2, { userId: 'u' }))).toMatchObject([
        { kind: 'reserved', ticket: 2 },
        { kind: 'limitReached' },
      ]);
    });

    it('is judged after the key and before the stock', async () => {
      const saleId = await load({ total: 1, perBuyerLimit: 1 });
      const first = purchase({ userId: 'u', key: 'k:1' });
      await answers(saleId, [first]);

      expect(
        await answers(saleId, [{ ...first, orderId: newOrderId() }, purchase({ userId: 'u' }), purchase()]),
      ).toMatchObject([{ kind: 'replayed' }, { kind: 'limitReached' }, { kind: 'soldOut' }]);
    });

    it('holds for concurrent calls', async () => {
      const saleId = await load({ total: 100, perBuyerLimit: 3 });
      const replies = await Promise.all(
        Array.from({ length: 30 }, () => answers(saleId, purchases(2, { userId: 'u' }))),
      );

      expect(replies.flat().filter(({ kind }) => kind === 'reserved')).toHaveLength(3);
      expect(await audit(saleId)).toMatchObject({ held: 3, heldByBuyers: 3, remaining: 97 });
    });
  });
}
