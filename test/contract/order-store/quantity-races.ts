import { describe, expect, test } from 'vitest';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { MOVED_AT, move, type OrderStoreHarness, put, ticketsOwed } from './harness.ts';
import { untilStored } from './until-stored.ts';

/** Concurrent calls for orders of several tickets, on several connections. */
export function orderStoreQuantityRaces(harness: () => OrderStoreHarness): void {
  describe('concurrent batches with orders of several tickets', () => {
    test('store each order once, and no ticket twice', async () => {
      const saleId = nextSaleId();
      // Each overlaps with the next one, and with the last of the round before.
      const orders = Array.from({ length: 300 }, (_, i) => {
        const ticket = (i % 150) * 2 + 1;
        return newOrder({ saleId, tickets: [ticket, ticket + 1, ticket + 2].slice(0, 1 + (i % 3)) });
      });
      const batches = [orders, orders.toReversed(), orders.slice(0, 200), orders.slice(100)];
      const { store, other } = harness();
      const results = await Promise.all(
        batches.map((batch, i) =>
          untilStored(i % 2 === 0 ? store : other, { group: 'g', positions: [], orders: batch }),
        ),
      );
      const rejected = results.flatMap((result) => result.rejected.map(({ order }) => order.id));
      const storedNow = results.reduce((sum, result) => sum + result.stored, 0);
      expect(new Set(rejected).size).toBe(rejected.length);
      expect(storedNow + rejected.length).toBe(300);
      const live = await other.search({ saleId, state: 'reserved', order: 'newest', limit: 1_000 });
      const tickets = live.flatMap((order) => order.tickets);
      expect(live).toHaveLength(storedNow);
      expect(new Set(tickets).size).toBe(tickets.length);
      expect((await other.counts(saleId)).tickets).toBe(tickets.length);
      const owed = await ticketsOwed(other, saleId);
      expect(owed.map(({ orderId }) => orderId)).toEqual(rejected.toSorted());
      // All live orders were there already, or came before in the batch: none has ended.
      for (const { heldByOthers } of owed) expect(tickets).toEqual(expect.arrayContaining([...heldByOthers]));
    });

    test('and transitions leave each ticket to one order', async () => {
      const saleId = nextSaleId();
      const { store, other } = harness();
      const before = Array.from({ length: 100 }, (_, i) => newOrder({ saleId, tickets: [2 * i + 1, 2 * i + 2] }));
      await put(store, ...before);
      const after = Array.from({ length: 100 }, (_, i) => newOrder({ saleId, tickets: [2 * i + 2, 2 * i + 3] }));
      const chunks = Array.from({ length: 10 }, (_, i) => i * 10);
      await Promise.all(
        chunks.flatMap((from) => [
          move(store, 'expired', ...before.slice(from, from + 10).toReversed()),
          untilStored(other, { group: 'g', positions: [], orders: after.slice(from, from + 10) }),
          untilStored(store, { group: 'g', positions: [], orders: before.slice(from, from + 10) }),
        ]),
      );
      const { states, tickets } = await other.counts(saleId);
      expect(states).toMatchObject({ expired: 100, paid: 0, cancelled: 0 });
      expect(states.reserved + states.rejected).toBe(100);
      expect(tickets).toBe(2 * states.reserved);
      const all = await other.search({ saleId, order: 'newest', limit: 1_000 });
      for (const { state, endedAt } of all) if (state === 'expired') expect(endedAt).toBe(MOVED_AT);
    });
  });
}
