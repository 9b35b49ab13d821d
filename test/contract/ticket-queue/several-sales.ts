import { describe, expect, it } from 'vitest';
import { inOneMinute } from '../../support/in-one-minute.ts';
import { newName, newOrderId, purchase, purchases } from '../fixtures.ts';
import { answersOf, type QueueBench, ticketsOf } from './harness.ts';

/** More than any queue puts into one call. */
const MANY = 150;

/** Calls of several sales that are made at once, which a queue may put into one. */
export function ticketQueueSeveralSalesTests({ queue, load, audit }: QueueBench): void {
  const loadSome = (count: number) => Promise.all(Array.from({ length: count }, () => load({ total: 3 })));

  describe('several sales at once', () => {
    it('are each decided on by themselves', async () => {
      const [sells = '', soldOut = '', replays = '', stale = '', closed = ''] = await loadSome(5);
      const first = purchase({ key: 'k:1' });
      await queue().reserve(replays, 1, [first]);
      await queue().reserve(soldOut, 1, purchases(3));
      await queue().close(closed, 1);
      const again = { ...first, orderId: newOrderId() };
      const replies = await Promise.all([
        queue().reserve(sells, 1, [purchase({ quantity: 2 }), ...purchases(2)]),
        queue().reserve(soldOut, 1, purchases(1)),
        queue().reserve(newName('unknown'), 1, purchases(1)),
        queue().reserve(stale, 7, purchases(1)),
        queue().reserve(replays, 1, [again, { ...again, fingerprint: 'f2' }, purchase()]),
        queue().reserve(closed, 1, purchases(1)),
      ]);
      expect(replies).toMatchObject([
        {
          answers: [{ tickets: [1, 2] }, { tickets: [3] }, { kind: 'soldOut' }],
          stock: { remaining: 0 },
        },
        { answers: [{ kind: 'soldOut' }], stock: { remaining: 0 } },
        { kind: 'unknownSale' },
        { kind: 'stale', epoch: 1 },
        {
          answers: [{ kind: 'replayed', orderId: first.orderId }, { kind: 'keyMismatch' }, { tickets: [2] }],
          stock: { remaining: 1 },
        },
        { answers: [{ kind: 'closed' }] },
      ]);
      expect(await audit(sells)).toMatchObject({ held: 3, remaining: 0, pending: 2, doubled: [] });
      expect(await audit(stale)).toMatchObject({ held: 0, remaining: 3, pending: 0 });
    });

    it('count the attempts of each', () =>
      inOneMinute(async () => {
        const saleIds = await loadSome(3);
        const attempt = (saleId: string) => queue().reserve(saleId, 1, [purchase({ userId: 'ann' })], 1);
        await attempt(saleIds[0] as string);
        const replies = await Promise.all(saleIds.map(attempt));
        expect(replies.map((reply) => answersOf(reply)[0]?.kind)).toEqual(['tooManyAttempts', 'reserved', 'reserved']);
      }));

    it('one of which is called twice see the calls in their order', async () => {
      const [one = '', other = ''] = await loadSome(2);
      const item = purchase({ key: 'k:1' });
      const replies = await Promise.all([
        queue().reserve(one, 1, [item]),
        queue().reserve(other, 1, [item]),
        queue().reserve(one, 1, [{ ...item, orderId: newOrderId() }]),
      ]);
      expect(replies.map((reply) => answersOf(reply)[0]?.kind)).toEqual(['reserved', 'reserved', 'replayed']);
      expect(await audit(one)).toMatchObject({ held: 1, remaining: 2 });
    });

    it('may be more than fit into one call, and lose nothing', async () => {
      const saleIds = await loadSome(MANY);
      const replies = await Promise.all(saleIds.map((saleId) => queue().reserve(saleId, 1, purchases(2))));
      const sold = replies.map((reply) => answersOf(reply).map(ticketsOf));
      expect(sold).toEqual(saleIds.map(() => [[1], [2]]));
      const held = await Promise.all(saleIds.map(audit));
      expect(held).toEqual(saleIds.map(() => expect.objectContaining({ held: 2, remaining: 1, pending: 2 })));
    });

    it('are marked as published each in its epoch', async () => {
      const [one = '', other = '', stale = ''] = await loadSome(3);
      const item = purchase();
      for (const saleId of [one, other, stale]) await queue().reserve(saleId, 1, [item]);
      await Promise.all([
        queue().published(one, 1, [item.orderId, newOrderId()]),
        queue().published(newName('unknown'), 1, [item.orderId]),
        queue().published(stale, 2, [item.orderId]),
        queue().published(other, 1, [item.orderId]),
      ]);
      expect(await audit(one)).toMatchObject({ held: 1, pending: 0 });
      expect(await audit(other)).toMatchObject({ held: 1, pending: 0 });
      expect(await audit(stale)).toMatchObject({ held: 1, pending: 1 });
    });
  });
}
