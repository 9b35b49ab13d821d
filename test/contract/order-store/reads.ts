import { describe, expect, test } from 'vitest';
import type { NewOrder } from '../../../src/ports/order-store.ts';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { move, type OrderStoreHarness, put } from './harness.ts';

/** Lists and counts of orders. */
export function orderStoreReads(harness: () => OrderStoreHarness): void {
  describe('lists', () => {
    test('return a buyer’s orders newest first, in pages', async () => {
      const saleId = nextSaleId();
      const mine = [1, 2, 3, 4].map((ticket) => newOrder({ saleId, tickets: [ticket], userId: 'pager' }).order);
      const others = newOrder({ saleId, tickets: [9], userId: 'Pager' });
      await put(harness().store, ...mine.map((order) => ({ order, key: order.id })), others);
      const page = await harness().store.orders({ userId: 'pager', limit: 3 });
      expect(page).toStrictEqual(mine.slice(1).reverse());
      expect(await harness().store.orders({ userId: 'pager', limit: 3, before: page[2]?.id ?? '' })).toStrictEqual([
        mine[0],
      ]);
    });

    test('filter by sale and by state', async () => {
      const [here, there] = [nextSaleId(), nextSaleId()];
      const userId = 'filterer';
      const a = newOrder({ saleId: here, tickets: [1], userId });
      const b = newOrder({ saleId: here, tickets: [2], userId });
      const c = newOrder({ saleId: there, tickets: [1], userId });
      await put(harness().store, a, b, c);
      await move(harness().store, 'paid', b);
      const ids = async (query: object) => (await harness().store.orders({ limit: 200, ...query })).map(({ id }) => id);
      expect(await ids({ userId, saleId: here })).toEqual([b.order.id, a.order.id]);
      expect(await ids({ userId, state: 'reserved' })).toEqual([c.order.id, a.order.id]);
      expect(await ids({ saleId: here, state: 'paid' })).toEqual([b.order.id]);
      expect(await ids({ userId: 'unknown' })).toEqual([]);
    });
  });

  test('returns what a ticket queue has to know of a range of tickets: orders, keys, and which are live', async () => {
    const saleId = nextSaleId();
    const [live, ended, rejected, beyond, fenced] = [2, 3, 2, 4, 3].map((ticket) =>
      newOrder({ saleId, tickets: [ticket], userId: 'Zoë', key: `k:${nextSaleId()}` }),
    ) as [NewOrder, NewOrder, NewOrder, NewOrder, NewOrder];
    await put(
      harness().store,
      newOrder({ saleId, tickets: [1] }),
      live,
      ended,
      beyond,
      newOrder({ saleId: nextSaleId(), tickets: [2] }),
    );
    await put(harness().store, rejected);
    await harness().store.store({ group: 'g', positions: [], orders: [], fenced: [fenced] });
    await move(harness().store, 'expired', ended);
    const known = ({ order: { id, tickets, userId, reservedAt }, key }: NewOrder) => ({
      ...{ orderId: id, tickets, userId, key, reservedAt },
    });
    const booked = await harness().store.booked(saleId, 2, 3);
    expect(booked.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1))).toEqual([
      { ...known(live), live: true },
      { ...known(ended), live: false },
      { ...known(rejected), key: null, live: false },
    ]);
    expect(await harness().store.booked('no-such-sale', 1, 100)).toEqual([]);
  });

  test('derives the key of an order without an Idempotency-Key from its id', async () => {
    const saleId = nextSaleId();
    const [live, ended, rejected] = [1, 2, 1].map((ticket) => newOrder({ saleId, tickets: [ticket] })) as [
      NewOrder,
      NewOrder,
      NewOrder,
    ];
    await put(harness().store, live, ended);
    await put(harness().store, rejected);
    await move(harness().store, 'expired', ended);
    const keys = new Map((await harness().store.booked(saleId, 1, 2)).map(({ orderId, key }) => [orderId, key]));
    expect(keys).toEqual(
      new Map([
        [live.order.id, `o:${live.order.id}`],
        [ended.order.id, `o:${ended.order.id}`],
        [rejected.order.id, null],
      ]),
    );
  });

  test('counts a sale’s orders by state, and the tickets of live ones', async () => {
    const saleId = nextSaleId();
    const [first, second, third, fourth] = [1, 2, 3, 4].map((ticket) => newOrder({ saleId, tickets: [ticket] })) as [
      NewOrder,
      NewOrder,
      NewOrder,
      NewOrder,
    ];
    await put(harness().store, first, second, third, fourth, newOrder({ saleId: nextSaleId(), tickets: [1] }));
    await put(harness().store, newOrder({ saleId, tickets: [1] }));
    await move(harness().store, 'paid', second);
    await move(harness().store, 'cancelled', third);
    await move(harness().store, 'expired', fourth);
    expect(await harness().store.counts(saleId)).toEqual({
      states: { reserved: 1, paid: 1, cancelled: 1, expired: 1, rejected: 1 },
      tickets: 2,
    });
    expect(await harness().store.counts('no-such-sale')).toEqual({
      states: { reserved: 0, paid: 0, cancelled: 0, expired: 0, rejected: 0 },
      tickets: 0,
    });
  });
}
