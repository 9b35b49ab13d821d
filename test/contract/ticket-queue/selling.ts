import { describe, expect, it } from 'vitest';
import { newName, newOrderId, openSale, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { answersOf, ticketOf } from './harness.ts';

/** Which tickets are sold, and that none is sold twice. */
export function ticketQueueSellingTests({ queue, load, answers, audit }: QueueBench): void {
  describe('loading', () => {
    it('knows nothing of a sale that was never loaded', async () => {
      const saleId = newName('sale');

      expect(await queue().reserve(saleId, 1, purchases(1))).toEqual({ kind: 'unknownSale' });
      expect(await queue().stock(saleId)).toBeUndefined();
      expect(await audit(saleId)).toBeUndefined();
      expect(await queue().find(saleId, newOrderId())).toBeUndefined();
      expect(await queue().release(saleId, [newOrderId()])).toEqual([]);
      expect(await queue().claimStranded(saleId, { leaseMs: 0, max: 10 })).toEqual([]);
      await queue().published(saleId, 1, [newOrderId()]);
      await queue().close(saleId, 1);
    });

    it('does not change a sale that is loaded already', async () => {
      const sale = openSale({ total: 3 });
      await queue().load(sale);
      await queue().reserve(sale.id, 1, purchases(1));
      await queue().load({ ...sale, total: 100, epoch: 9 });

      expect(await queue().stock(sale.id)).toMatchObject({ remaining: 2 });
      expect(await audit(sale.id)).toMatchObject({ epoch: 1, held: 1 });
    });

    it('keeps sales apart', async () => {
      const [one, two] = [await load({ perBuyerLimit: 1 }), await load({ perBuyerLimit: 1 })];
      const buyer = { userId: 'same', key: 'k:same' };
      await answers(one, [purchase(buyer)]);

      expect(await answers(two, [purchase(buyer)])).toMatchObject([{ kind: 'reserved', tickets: [1] }]);
      expect(await queue().stock(one)).toMatchObject({ remaining: 9 });
    });
  });

  describe('selling', () => {
    it('sells each ticket once, lowest first, and returns how many are left', async () => {
      const saleId = await load({ total: 5 });
      const first = await queue().reserve(saleId, 1, purchases(3));
      const second = await queue().reserve(saleId, 1, purchases(3));

      expect(answersOf(first).map(ticketOf)).toEqual([1, 2, 3]);
      expect(first).toMatchObject({ stock: { remaining: 2 } });
      expect(answersOf(second).map(ticketOf)).toEqual([4, 5, undefined]);
      expect(answersOf(second)[2]).toEqual({ kind: 'soldOut' });
      expect(second).toMatchObject({ stock: { remaining: 0 } });
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 0 });
    });

    it('takes 256 purchases in one call', async () => {
      const saleId = await load({ total: 250 });
      const reply = answersOf(await queue().reserve(saleId, 1, purchases(256)));

      expect(new Set(reply.map(ticketOf)).size).toBe(251);
      expect(reply.slice(250).every(({ kind }) => kind === 'soldOut')).toBe(true);
    });

    it('timestamps a reservation by its own clock', async () => {
      const saleId = await load();
      const [answer] = await answers(saleId, purchases(1));

      expect(answer).toMatchObject({ kind: 'reserved', reservedAt: expect.any(Number) });
      expect(Math.abs(Date.now() - (answer as { reservedAt: number }).reservedAt)).toBeLessThan(60_000);
    });

    it('sells no ticket twice to concurrent callers', async () => {
      const saleId = await load({ total: 100 });
      const replies = await Promise.all(Array.from({ length: 40 }, () => queue().reserve(saleId, 1, purchases(5))));
      const tickets = replies.flatMap((reply) => answersOf(reply).flatMap((answer) => ticketOf(answer) ?? []));

      expect(tickets.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
      expect(await audit(saleId)).toMatchObject({ held: 100, heldByBuyers: 100, remaining: 0, doubled: [] });
    });

    it.each([
      ['quotes and backslashes', `a'b"c\\d`],
      ['characters that JSON escapes', 'line\nfeed\ttab'],
      ['non-ASCII letters', 'Zoë 東京 \u{1F3AB}'],
      ['255 characters', 'x'.repeat(255)],
      ['a number', '007'],
      ['a separator', 'a:b|c,d;e f'],
    ])('keeps a user and a key of %s unchanged', async (_, text) => {
      const saleId = await load();
      const item = purchase({ userId: text, key: `k:${text}`, fingerprint: text });
      await answers(saleId, [item]);

      expect(await answers(saleId, [{ ...item, orderId: newOrderId() }])).toMatchObject([
        { kind: 'replayed', orderId: item.orderId },
      ]);
      expect(await queue().find(saleId, item.orderId)).toMatchObject({ userId: text, key: `k:${text}` });
    });

    it('distinguishes users and keys whose concatenations are equal', async () => {
      const saleId = await load();
      const items = [purchase({ userId: 'ab', key: 'k:c' }), purchase({ userId: 'a', key: 'bk:c' })];

      expect(await answers(saleId, items)).toMatchObject([{ kind: 'reserved' }, { kind: 'reserved' }]);
    });
  });
}
