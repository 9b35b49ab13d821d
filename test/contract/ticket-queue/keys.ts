import { describe, expect, it } from 'vitest';
import type { ReserveItem } from '../../../src/ports/ticket-queue.ts';
import { newOrderId, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { answersOf, ticketOf, ticketsOf } from './harness.ts';

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
      const { tickets, reservedAt } = first as { tickets: readonly number[]; reservedAt: number };
      const replay = { kind: 'replayed', orderId: item.orderId, tickets, reservedAt };

      expect(await answers(saleId, [again])).toEqual([{ ...replay, published: false }]);
      await queue().published(saleId, 1, [item.orderId]);
      expect(await answers(saleId, [again])).toEqual([{ ...replay, published: true }]);
    });

    it('replays within one batch', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      const reply = await queue().reserve(saleId, 1, [item, { ...item, orderId: newOrderId() }]);

      expect(answersOf(reply)).toMatchObject([
        { kind: 'reserved', tickets: [1] },
        { kind: 'replayed', orderId: item.orderId, tickets: [1], published: false },
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
        { kind: 'reserved', tickets: [1] },
        { kind: 'reserved', tickets: [2] },
      ]);
    });

    it('stays answered after a release', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      await answers(saleId, [item]);
      await queue().release(saleId, [item.orderId]);

      expect(await answers(saleId, [{ ...item, orderId: newOrderId() }])).toMatchObject([
        { kind: 'replayed', orderId: item.orderId, tickets: [1] },
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
        { kind: 'reserved', tickets: [1] },
      ]);
    });
  });

  describe("the buyer's limit, if it is high", () => {
    const LIMIT = 50;
    const held = (userId: string, count: number) => Array.from({ length: count }, () => purchase({ userId }));
    const forfeit = async (saleId: string, items: readonly ReserveItem[]) => {
      const reserved = (await answers(saleId, items)).map(ticketsOf);
      await queue().forfeit(
        saleId,
        items.map(({ orderId }, n) => ({ orderId, tickets: reserved[n] ?? [] })),
      );
    };
    const kindsOf = async (saleId: string, items: readonly ReserveItem[]) =>
      (await answers(saleId, items)).map(({ kind }) => kind);

    it('admits as many orders, over calls and within one, and names some of them', async () => {
      const saleId = await load({ total: 200, perBuyerLimit: LIMIT });
      const userId = newOrderId();
      const all = held(userId, LIMIT + 2);
      for (const from of [0, 1, 19, 21, 40]) {
        const until = [1, 19, 21, 40, LIMIT + 2][[0, 1, 19, 21, 40].indexOf(from)];
        await answers(saleId, all.slice(from, until));
      }
      const [refused] = await answers(saleId, held(userId, 1));
      expect(refused?.kind).toBe('limitReached');
      const named = refused?.kind === 'limitReached' ? refused.orderIds : [];
      expect(named).toHaveLength(20);
      expect(new Set(named).size).toBe(20);
      const own = new Set(all.slice(0, LIMIT).map(({ orderId }) => orderId));
      expect(named.every((orderId) => own.has(orderId))).toBe(true);
      expect(await kindsOf(saleId, held(newOrderId(), 1))).toEqual(['reserved']);
    });

    it.each([
      ['the first', 0],
      ['the last', 35],
      ['some', 15],
    ])('is freed by the release of %s of them, once each', async (_, from) => {
      const saleId = await load({ total: 200, perBuyerLimit: LIMIT });
      const userId = newOrderId();
      const all = held(userId, LIMIT);
      await answers(saleId, all);
      const orderIds = all.slice(from, from + 15).map(({ orderId }) => orderId);
      expect(await queue().release(saleId, orderIds)).toHaveLength(15);
      await queue().release(saleId, orderIds);
      await forfeit(saleId, all.slice(from, from + 15));
      const kinds = await kindsOf(saleId, held(userId, 16));
      expect(kinds).toEqual([...Array.from({ length: 15 }, () => 'reserved'), 'limitReached']);
    });

    it('is freed by the release of all of them', async () => {
      const saleId = await load({ total: 200, perBuyerLimit: LIMIT });
      const userId = newOrderId();
      for (let round = 0; round < 2; round += 1) {
        const all = held(userId, LIMIT);
        expect(new Set(await kindsOf(saleId, all))).toEqual(new Set(['reserved']));
        await forfeit(saleId, all.slice(0, 3));
        await queue().release(
          saleId,
          all.map(({ orderId }) => orderId),
        );
      }
    });

    it('does not count an order twice that is sent again, or whose key is repeated', async () => {
      const saleId = await load({ total: 200, perBuyerLimit: LIMIT });
      const userId = newOrderId();
      const keyed = purchase({ userId, key: 'k:1' });
      const own = purchase({ userId });
      await answers(saleId, [keyed, own]);
      for (let n = 0; n < 3; n += 1) {
        expect(await kindsOf(saleId, [keyed, own, { ...keyed, orderId: newOrderId() }])).toEqual([
          'reserved',
          'reserved',
          'replayed',
        ]);
      }
      expect(await kindsOf(saleId, held(userId, LIMIT - 1))).toEqual([
        ...Array.from({ length: LIMIT - 2 }, () => 'reserved'),
        'limitReached',
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
        { kind: 'reserved', tickets: [2] },
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
