import { describe, expect, test } from 'vitest';
import type { NewOrder, OrderSearch } from '../../../src/ports/order-store.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { move, type OrderStoreHarness, put } from './harness.ts';

const AT = 1_760_000_000_000;

/** Searches of an admin. */
export function orderStoreSearches(harness: () => OrderStoreHarness): void {
  const ids = async (search: Partial<OrderSearch>) =>
    (await harness().store.search({ order: 'newest', limit: 100, ...search })).map(({ id }) => id);

  /** All pages, one after the other. */
  const pages = async (search: Partial<OrderSearch>, limit: number): Promise<string[]> => {
    const found: string[] = [];
    for (;;) {
      const last = found.at(-1);
      const page = await ids({ ...search, limit, ...(last === undefined ? {} : { after: last }) });
      expect(page.length).toBeLessThanOrEqual(limit);
      found.push(...page);
      expect(new Set(found).size).toBe(found.length);
      if (page.length < limit) return found;
    }
  };

  describe('searches', () => {
    test('return whole orders of any sale, newest or oldest first, in pages', async () => {
      const before = nextOrderId();
      const fresh = [1, 2, 3].map((ticket) => newOrder({ saleId: nextSaleId(), tickets: [ticket] }));
      await put(harness().store, ...fresh);
      const orders = fresh.map(({ order }) => order);
      expect(await harness().store.search({ order: 'newest', limit: 2 })).toStrictEqual([orders[2], orders[1]]);
      expect(await ids({ limit: 1, after: orders[1]?.id ?? '' })).toEqual([orders[0]?.id]);
      expect(await ids({ order: 'oldest', after: before })).toEqual(orders.map(({ id }) => id));
    });

    test.each(['newest', 'oldest'] as const)(
      'sort a sale by reservation and then by id, %s first, whatever their states',
      async (order) => {
        const saleId = nextSaleId();
        // Not in the order of their ids, and two at the same time.
        const orders = [5, 3, 9, 3, 1, 7, 3].map((second, n) =>
          newOrder({ saleId, tickets: [n + 1], reservedAt: AT + second * 1000 }),
        );
        await put(harness().store, ...orders, newOrder({ saleId: nextSaleId(), tickets: [1], reservedAt: AT }));
        await move(harness().store, 'paid', ...orders.slice(0, 2));
        await move(harness().store, 'expired', ...orders.slice(2, 4));
        const sorted = orders
          .map(({ order: one }) => one)
          .sort((x, y) => x.reservedAt - y.reservedAt || (x.id < y.id ? -1 : 1))
          .map(({ id }) => id);
        const expected = order === 'oldest' ? sorted : sorted.toReversed();
        for (const limit of [1, 2, 3, 7, 8]) expect(await pages({ saleId, order }, limit)).toEqual(expected);
        expect(await pages({ saleId, order, state: 'paid' }, 1)).toEqual(
          expected.filter((id) => orders.slice(0, 2).some((one) => one.order.id === id)),
        );
      },
    );

    test('go on behind the last order of a page while orders are stored and change their state', async () => {
      const saleId = nextSaleId();
      const orders = [1, 2, 3, 4].map((n) => newOrder({ saleId, tickets: [n], reservedAt: AT + n }));
      await put(harness().store, ...orders);
      const first = await ids({ saleId, limit: 2 });
      await put(harness().store, newOrder({ saleId, tickets: [5], reservedAt: AT + 5 }));
      await move(harness().store, 'cancelled', ...orders.slice(2));
      expect(first).toEqual([orders[3]?.order.id, orders[2]?.order.id]);
      expect(await ids({ saleId, limit: 2, after: first[1] ?? '' })).toEqual([
        orders[1]?.order.id,
        orders[0]?.order.id,
      ]);
      expect(await ids({ saleId, after: '00000000000000' })).toEqual([]);
    });

    test('filter by user, state, ticket and time of reservation, all together', async () => {
      const [here, there] = [nextSaleId(), nextSaleId()];
      const userId = `Zoë-${here}`;
      const a = newOrder({ saleId: here, tickets: [1], userId, reservedAt: AT });
      const b = newOrder({ saleId: there, tickets: [1], userId, reservedAt: AT + 1 });
      const c = newOrder({ saleId: here, tickets: [2], reservedAt: AT + 1 });
      const d = newOrder({ saleId: here, tickets: [3], userId, reservedAt: AT + 2 });
      await put(harness().store, a, b, c, d);
      await move(harness().store, 'paid', a, b);
      const id = ({ order }: NewOrder) => order.id;
      expect(await pages({ userId }, 1)).toEqual([id(d), id(b), id(a)]);
      expect(await ids({ userId, saleId: here, order: 'oldest' })).toEqual([id(a), id(d)]);
      expect(await ids({ userId, state: 'paid' })).toEqual([id(b), id(a)]);
      expect(await ids({ saleId: here, ticket: 2 })).toEqual([id(c)]);
      expect(await ids({ saleId: here, ticket: 2, state: 'paid' })).toEqual([]);
      expect(await ids({ saleId: here, from: AT + 1 })).toEqual([id(d), id(c)]);
      expect(await ids({ saleId: here, from: AT, to: AT + 2 })).toEqual([id(c), id(a)]);
      expect(await ids({ userId, from: AT + 1, to: AT + 2 })).toEqual([id(b)]);
      expect(await ids({ userId: userId.toUpperCase() })).toEqual([]);
    });

    test('find a part of an order’s or a user’s id in either case, and nothing else', async () => {
      const saleId = nextSaleId();
      const fresh = ['Anna_100%', 'bernd', "o'anna"].map((userId, n) => newOrder({ saleId, tickets: [n + 1], userId }));
      await put(harness().store, ...fresh);
      const [a = '', b = '', c = ''] = fresh.map(({ order }) => order.id);
      const found = (text: string) => ids({ saleId, text, order: 'oldest' });
      expect(await found('ANNA')).toEqual([a, c]);
      expect(await found('BERND')).toEqual([b]);
      expect(await found('_1')).toEqual([a]);
      expect(await found('0%')).toEqual([a]);
      expect(await found("'a")).toEqual([c]);
      expect(await found(b.toLowerCase())).toEqual([b]);
      expect(await found(b.slice(-8))).toContain(b);
      expect(await found('a%a')).toEqual([]);
    });
  });
}
