import { describe, expect, test } from 'vitest';
import { ORDER_STATES, type Order, type OrderState } from '../../../src/domain/order.ts';
import type { EndState, NewOrder } from '../../../src/ports/order-store.ts';
import { mayBecome } from '../../support/order-lifecycle.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { MOVED_AT, move, type OrderStoreHarness, owedOf, put } from './harness.ts';

const END_STATES = ['paid', 'cancelled', 'expired'] as const satisfies readonly EndState[];

const LATER = MOVED_AT + 1_000;

/** Transitions of stored orders. */
export function orderStoreLifecycle(harness: () => OrderStoreHarness): void {
  /** Stores an order and moves it to a state. */
  async function orderIn(state: OrderState, saleId: string): Promise<NewOrder> {
    const one = newOrder({ saleId, tickets: [1] });
    if (state === 'rejected') await put(harness().store, newOrder({ saleId, tickets: [1] }));
    await put(harness().store, one);
    if (state !== 'rejected' && state !== 'reserved') await move(harness().store, state, one);
    return one;
  }

  describe('a transition', () => {
    const pairs = ORDER_STATES.flatMap((from) => END_STATES.map((to) => ({ from, to })));

    test.each(pairs)('from $from to $to happens only where the rules allow it', async ({ from, to }) => {
      const saleId = nextSaleId();
      const { store, other } = harness();
      const one = await orderIn(from, saleId);
      const before = (await store.order(one.order.id)) as Order;
      const moved = await store.transition(to, [one.order.id], LATER);
      const time = to === 'paid' ? { paidAt: LATER } : { endedAt: LATER };
      const after: Order = mayBecome(from, to) ? { ...before, state: to, ...time } : before;
      expect(moved).toStrictEqual(mayBecome(from, to) ? [after] : []);
      expect(await other.order(one.order.id)).toStrictEqual(after);
    });

    test('moves those of many that are reserved, and returns them', async () => {
      const saleId = nextSaleId();
      const { store } = harness();
      const orders = [1, 2, 3, 4].map((ticket) => newOrder({ saleId, tickets: [ticket] }));
      await put(store, ...orders);
      await move(store, 'paid', orders[1] as NewOrder);
      const ids = orders.map(({ order }) => order.id);
      const wanted = [...ids.toReversed(), ...ids, nextOrderId(), '', 'no-such-order', `${ids[0]} `];
      const moved = await store.transition('cancelled', wanted, MOVED_AT);
      expect(moved.map(({ id }) => id).sort()).toEqual([ids[0], ids[2], ids[3]]);
      expect((await store.counts(saleId)).states).toMatchObject({ reserved: 0, paid: 1, cancelled: 3 });
      expect((await owedOf(store, saleId)).toSorted()).toEqual([ids[0], ids[2], ids[3]]);
    });

    test('of unknown orders moves none', async () => {
      const { store } = harness();
      expect(await store.transition('expired', [], MOVED_AT)).toEqual([]);
      expect(await store.transition('expired', [nextOrderId(), "' OR 1=1 --  "], MOVED_AT)).toEqual([]);
    });

    test('moves a thousand at once', async () => {
      const saleId = nextSaleId();
      const { store } = harness();
      const orders = Array.from({ length: 1_000 }, (_, i) => newOrder({ saleId, tickets: [i + 1] }));
      await put(store, ...orders);
      const moved = await move(store, 'expired', ...orders);
      expect(moved.map(({ id }) => id).sort()).toEqual(orders.map(({ order }) => order.id));
      expect(await owedOf(store, saleId)).toHaveLength(1_000);
    });
  });

  describe('due orders', () => {
    test('are the sale’s reserved orders whose payment deadline has passed, earliest first', async () => {
      const [saleId, elsewhere] = [nextSaleId(), nextSaleId()];
      const { store, other } = harness();
      const [late, soon, exact, future, paid] = [300, 100, 500, 501, 200].map((payBy, i) =>
        newOrder({ saleId, tickets: [i + 1], payBy }),
      ) as [NewOrder, NewOrder, NewOrder, NewOrder, NewOrder];
      await put(store, late, soon, exact, future, paid, newOrder({ saleId: elsewhere, tickets: [1], payBy: 100 }));
      await move(store, 'paid', paid);
      const due = [soon, late, exact].map(({ order }) => order.id);
      expect(await other.due(saleId, 500, 100)).toEqual(due);
      expect(await store.due(saleId, 500, 2)).toEqual(due.slice(0, 2));
      expect(await store.due(saleId, 99, 100)).toEqual([]);
      expect(await store.due('no-such-sale', 500, 100)).toEqual([]);
    });

    test('are found among many sales in one call, by the same deadlines', async () => {
      const { store, other } = harness();
      const ids = Array.from({ length: 1200 }, nextSaleId);
      const [due, exact, future, paid] = ids as [string, string, string, string];
      const payments = [
        [due, 499],
        [exact, 500],
        [future, 501],
        [paid, 100],
      ] as const;
      const orders = payments.map(([saleId, payBy]) => newOrder({ saleId, tickets: [1], payBy }));
      await put(store, ...orders, newOrder({ saleId: due, tickets: [2], payBy: 1 }));
      await move(store, 'paid', orders[3] as NewOrder);
      expect((await other.salesDue(ids, 500)).toSorted()).toEqual([due, exact].toSorted());
      expect(await store.salesDue(ids.slice(2), 500)).toEqual([]);
      expect(await store.salesDue([], 500)).toEqual([]);
    });
  });

  describe('owed tickets', () => {
    test('are those of ended orders, oldest first, until they are returned', async () => {
      const saleId = nextSaleId();
      const { store, other } = harness();
      await store.returned((await store.owedTickets(100_000)).map(({ orderId }) => orderId));
      const orders = [1, 2, 3, 4].map((ticket) => newOrder({ saleId, tickets: [ticket] }));
      const [first, second, third, fourth] = orders as [NewOrder, NewOrder, NewOrder, NewOrder];
      await put(store, ...orders);
      await move(store, 'cancelled', third);
      await move(store, 'expired', first, second);
      await move(store, 'paid', fourth);
      const owed = (...some: readonly NewOrder[]) =>
        some.map(({ order }) => ({ saleId, orderId: order.id, quantity: order.tickets.length, heldByOthers: [] }));
      expect(await other.owedTickets(100)).toEqual(owed(first, second, third));
      expect(await store.owedTickets(2)).toEqual(owed(first, second));
      await other.returned([first.order.id, third.order.id, fourth.order.id, nextOrderId(), `${second.order.id} `]);
      expect(await store.owedTickets(100)).toEqual(owed(second));
      await store.returned([second.order.id, second.order.id]);
      await store.returned([second.order.id]);
      await store.returned([]);
      expect(await other.owedTickets(100)).toEqual([]);
    });

    test('are not owed again when an order is redelivered', async () => {
      const saleId = nextSaleId();
      const { store } = harness();
      const one = await orderIn('cancelled', saleId);
      await store.returned([one.order.id]);
      await put(store, one);
      await move(store, 'expired', one);
      expect(await owedOf(store, saleId)).toEqual([]);
    });
  });
}
