import { describe, expect, it, vi } from 'vitest';
import { MAX_QUANTITY } from '../../../src/domain/order.ts';
import type { ReserveItem } from '../../../src/ports/ticket-queue.ts';
import { newName, newOrderId, openSale, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { answersOf, ticketsOf } from './harness.ts';

/** The most purchases of one call. */
const BATCH = 256;

/** Orders of several tickets: all of them or none. */
export function ticketQueueQuantityTests({ queue, load, answers, audit }: QueueBench): void {
  const buy = async (saleId: string, ...quantities: readonly number[]) =>
    (
      await answers(
        saleId,
        quantities.map((quantity) => purchase({ quantity })),
      )
    ).map(ticketsOf);

  describe('an order of several tickets', () => {
    it('gets the next ones, beside orders of one in the same call', async () => {
      const saleId = await load({ total: 30, perBuyerLimit: MAX_QUANTITY });

      expect(await buy(saleId, 1, 3, 1, 2)).toEqual([[1], [2, 3, 4], [5], [6, 7]]);
      expect(await buy(saleId, MAX_QUANTITY)).toEqual([Array.from({ length: MAX_QUANTITY }, (_, n) => n + 8)]);
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 3 });
      expect(await audit(saleId)).toMatchObject({ held: 27, heldByBuyers: 27, remaining: 3, pending: 5, doubled: [] });
    });

    it('has them in ascending order, also if they were returned in another', async () => {
      const saleId = await load({ total: 12 });
      const items = purchases(12);
      await answers(saleId, items);
      for (const n of [10, 2, 9]) await queue().release(saleId, [items[n - 1]?.orderId ?? '']);

      expect(await buy(saleId, 2)).toEqual([[2, 10]]);
      expect(await buy(saleId, 1)).toEqual([[9]]);
    });

    it('gets none if fewer are left, and leaves those to later orders', async () => {
      const saleId = await load({ total: 5, perBuyerLimit: 4 });
      const reply = await queue().reserve(
        saleId,
        1,
        [3, 3, 1, 2, 1, 2, 1].map((quantity) => purchase({ quantity })),
      );

      expect(answersOf(reply)).toMatchObject([
        { kind: 'reserved', tickets: [1, 2, 3] },
        { kind: 'notEnoughLeft', remaining: 2 },
        { kind: 'reserved', tickets: [4] },
        { kind: 'notEnoughLeft', remaining: 1 },
        { kind: 'reserved', tickets: [5] },
        { kind: 'soldOut' },
        { kind: 'soldOut' },
      ]);
      expect(reply).toMatchObject({ stock: { remaining: 0 } });
      expect(await audit(saleId)).toMatchObject({ held: 5, heldByBuyers: 5, remaining: 0, pending: 3, doubled: [] });
    });

    it('changes nothing by being refused', async () => {
      const saleId = await load({ total: 3, perBuyerLimit: 4 });
      const first = purchase({ quantity: 2 });
      await answers(saleId, [first]);
      const before = { stock: await queue().stock(saleId), audit: await audit(saleId) };
      const item = purchase({ quantity: 3, key: 'k:1' });
      expect(await answers(saleId, [item])).toEqual([{ kind: 'notEnoughLeft', remaining: 1 }]);

      expect({ stock: await queue().stock(saleId), audit: await audit(saleId) }).toEqual(before);
      await queue().release(saleId, [first.orderId]);
      expect((await answers(saleId, [item])).map(ticketsOf)).toEqual([[1, 2, 3]]);
    });

    it('gets added tickets together with those that were left', async () => {
      const sale = openSale({ total: 2, perBuyerLimit: 4 });
      await queue().load(sale);
      expect(await buy(sale.id, 3)).toEqual([[]]);
      await queue().update({ ...sale, total: 5, paused: false, version: 2 });

      expect(await buy(sale.id, 4, 2, 1)).toEqual([[1, 2, 3, 4], [], [5]]);
    });

    it('gives the same answer to the same order id and to its key, also after its release', async () => {
      const saleId = await load({ total: 10, perBuyerLimit: 4 });
      const item = purchase({ quantity: 3, key: 'k:1' });
      const again = () => ({ ...item, orderId: newOrderId() });
      const first = await queue().reserve(saleId, 1, [item]);
      const { reservedAt } = answersOf(first)[0] as { reservedAt: number };
      const replay = { kind: 'replayed', orderId: item.orderId, tickets: [1, 2, 3], reservedAt };
      expect(answersOf(first)).toEqual([{ kind: 'reserved', tickets: [1, 2, 3], reservedAt }]);

      expect(await queue().reserve(saleId, 1, [item])).toEqual(first);
      expect(await answers(saleId, [again()])).toEqual([{ ...replay, published: false }]);
      expect(await answers(saleId, [{ ...again(), fingerprint: 'other' }])).toEqual([{ kind: 'keyMismatch' }]);
      await queue().release(saleId, [item.orderId]);
      expect(await answers(saleId, [again()])).toEqual([{ ...replay, published: true }]);
      expect(await queue().stock(saleId)).toMatchObject({ remaining: 10 });
    });

    it('replays within one call', async () => {
      const saleId = await load({ perBuyerLimit: 4 });
      const item = purchase({ quantity: 4, key: 'k:1' });

      expect(await answers(saleId, [item, { ...item, orderId: newOrderId() }])).toMatchObject([
        { kind: 'reserved', tickets: [1, 2, 3, 4] },
        { kind: 'replayed', orderId: item.orderId, tickets: [1, 2, 3, 4], published: false },
      ]);
    });

    it('is found and claimed with all of them', async () => {
      const saleId = await load({ perBuyerLimit: 4 });
      const item = purchase({ quantity: 3, userId: 'Zoë', key: 'k:1' });
      const [answer] = await answers(saleId, [item]);
      const { orderId, userId, key } = item;
      const { reservedAt } = answer as { reservedAt: number };
      const reservation = { orderId, userId, key, tickets: [1, 2, 3], reservedAt };

      expect(await queue().find(saleId, orderId)).toEqual(reservation);
      await vi.waitFor(
        async () => expect(await queue().claimStranded(saleId, { leaseMs: 1, max: 9 })).toEqual([reservation]),
        { timeout: 10_000, interval: 5 },
      );
    });

    it('returns all of them by its release, once', async () => {
      const saleId = await load({ total: 6, perBuyerLimit: 4 });
      const [first, second] = [purchase({ quantity: 3 }), purchase({ quantity: 2 })];
      await answers(saleId, [first, second]);
      const both = [second.orderId, first.orderId];
      expect(await queue().release(saleId, [...both, first.orderId])).toEqual(both);
      expect(await queue().release(saleId, both)).toEqual([]);

      expect(await queue().find(saleId, first.orderId)).toBeUndefined();
      expect(await audit(saleId)).toMatchObject({ held: 0, heldByBuyers: 0, remaining: 6, pending: 0, doubled: [] });
      expect(await buy(saleId, 1, 1, 1, 1, 1, 1)).toEqual([[6], [4], [5], [1], [2], [3]]);
    });

    it('is sold to concurrent callers without a ticket being sold twice, as long as enough are left', async () => {
      const total = 100;
      const saleId = await load({ total, perBuyerLimit: 4 });
      const calls = Array.from({ length: 40 }, (_, n) => answers(saleId, purchases(2, { quantity: (n % 4) + 1 })));
      const all = (await Promise.all(calls)).flat();
      const tickets = all.flatMap(ticketsOf);

      expect(new Set(tickets).size).toBe(tickets.length);
      const missed = all.flatMap((answer) => (answer.kind === 'notEnoughLeft' ? answer.remaining : []));
      expect(missed.every((remaining) => remaining >= 1 && remaining < 4)).toBe(true);
      const remaining = total - tickets.length;
      expect((await buy(saleId, ...Array.from({ length: remaining + 1 }, () => 1))).flat()).toHaveLength(remaining);
      expect(await audit(saleId)).toMatchObject({ held: total, heldByBuyers: total, remaining: 0, doubled: [] });
    });

    it('may be each of the largest call', async () => {
      const total = BATCH * MAX_QUANTITY + 7;
      const saleId = await load({ total, perBuyerLimit: MAX_QUANTITY });
      const items = purchases(BATCH, { quantity: MAX_QUANTITY });
      const tickets = (await answers(saleId, items)).map(ticketsOf);

      expect(tickets.flat()).toEqual(Array.from({ length: BATCH * MAX_QUANTITY }, (_, n) => n + 1));
      expect(new Set(tickets.map(({ length }) => length))).toEqual(new Set([MAX_QUANTITY]));
      expect((await answers(saleId, items)).map(ticketsOf)).toEqual(tickets);
      const { length: held } = tickets.flat();
      expect(await audit(saleId)).toMatchObject({
        held,
        heldByBuyers: held,
        remaining: 7,
        pending: BATCH,
        doubled: [],
      });
      const orderIds = items.map(({ orderId }) => orderId);
      expect(await queue().release(saleId, orderIds)).toEqual(orderIds);
      expect(await audit(saleId)).toMatchObject({
        held: 0,
        heldByBuyers: 0,
        remaining: total,
        pending: 0,
        doubled: [],
      });
      expect(await buy(saleId, 8)).toEqual([
        [
          1,
          ...tickets
            .flat()
            .slice(-7)
            .map((ticket) => ticket + 7),
        ],
      ]);
    });
  });

  it('counts an order of several tickets as one attempt, and as one order that has ended', async () => {
    const saleId = await load({ perBuyerLimit: 4 });
    const userId = newName('user');
    const by = (quantity: number) => purchase({ userId, quantity });
    const first = by(3);
    const reserve = async (item: ReserveItem, maxAttempts: number, maxEnded: number) =>
      answersOf(await queue().reserve(saleId, 1, [item], maxAttempts, maxEnded))[0]?.kind;

    // The second attempt may fall into the next minute, which allows it as well.
    expect([await reserve(first, 2, 0), await reserve(by(1), 2, 0)]).toEqual(['reserved', 'reserved']);
    await queue().release(saleId, [first.orderId]);
    expect(await reserve(by(2), 0, 2)).toBe('reserved');
    expect(await reserve(by(1), 0, 1)).toBe('tooManyOrders');
  });
}
