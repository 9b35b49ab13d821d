import { describe, expect, test } from 'vitest';
import type { Order } from '../../../src/domain/order.ts';
import type { EndState, NewOrder, OrderStore } from '../../../src/ports/order-store.ts';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { MOVED_AT, move, type OrderStoreHarness, owedOf, put } from './harness.ts';
import { newCapture, refundsOf } from './payments.ts';

const RACES = 200;
const EXPIRE_BATCH = 50;

/** Concurrent calls for one order, on several connections. */
export function orderStoreRaces(harness: () => OrderStoreHarness): void {
  async function reserved(count: number): Promise<{ readonly saleId: string; readonly orders: readonly NewOrder[] }> {
    const saleId = nextSaleId();
    const orders = Array.from({ length: count }, (_, i) => newOrder({ saleId, tickets: [i + 1] }));
    await put(harness().store, ...orders);
    return { saleId, orders };
  }

  /** The two processes in turn. */
  const either = (i: number): OrderStore => (i % 2 === 0 ? harness().store : harness().other);

  describe('concurrently', () => {
    test('exactly one of pay, cancel and expiry moves an order, and its row agrees', async () => {
      const { saleId, orders } = await reserved(RACES);
      const batches = Array.from({ length: RACES / EXPIRE_BATCH }, (_, i) =>
        orders.slice(i * EXPIRE_BATCH, (i + 1) * EXPIRE_BATCH),
      );
      const calls = [
        ...batches.map((batch, i) => move(either(i), 'expired', ...batch.toReversed())),
        ...orders.flatMap((one, i) => {
          const transitions: readonly EndState[] = i % 3 === 0 ? ['cancelled', 'paid'] : ['paid', 'cancelled'];
          return transitions.map((to, j) => move(either(i + j), to, one));
        }),
        put(harness().other, ...orders).then((): readonly Order[] => []),
      ];
      const moved = (await Promise.all(calls)).flat();
      expect(moved.map(({ id }) => id).sort()).toEqual(orders.map(({ order }) => order.id));
      const rows = await Promise.all(moved.map(({ id }) => harness().other.order(id)));
      expect(rows).toStrictEqual(moved);
      const ended = moved.filter(({ state }) => state !== 'paid').map(({ id }) => id);
      expect((await owedOf(harness().store, saleId)).toSorted()).toEqual(ended.toSorted());
    });

    test('batches that overlap move each order once', async () => {
      const { orders } = await reserved(500);
      const batches = [orders, orders.toReversed(), orders.slice(100, 400), orders.slice(200)];
      const moved = await Promise.all(batches.map((batch, i) => move(either(i), 'expired', ...batch)));
      expect(
        moved
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(orders.map(({ order }) => order.id));
    });

    test('the same event on several fronts is one payment', async () => {
      const { saleId, orders } = await reserved(25);
      const results = await Promise.all(
        orders.flatMap((one) => {
          const capture = newCapture(one);
          return [0, 1, 2, 3].map((i) => either(i).capture(capture));
        }),
      );
      expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['paid']));
      expect(await refundsOf(harness().store, ...orders)).toEqual([]);
      const revenue = orders.reduce((sum, { order }) => sum + order.price.amount, 0);
      expect(await harness().store.money(saleId)).toEqual({
        revenue,
        captured: revenue,
        givenBack: 0,
        refunded: 0,
        mismatched: 0,
      });
    });

    test('one event for two orders pays one of them', async () => {
      const { orders } = await reserved(50);
      const pairs = Array.from({ length: 25 }, (_, i) => orders.slice(2 * i, 2 * i + 2) as [NewOrder, NewOrder]);
      await Promise.all(
        pairs.flatMap(([a, b]) => {
          const capture = newCapture(a);
          return [either(0).capture(capture), either(1).capture({ ...capture, orderId: b.order.id })];
        }),
      );
      for (const [a, b] of pairs) {
        const states = await Promise.all(
          [a, b].map(async ({ order }) => (await harness().store.order(order.id))?.state),
        );
        expect(states.toSorted()).toEqual(['paid', 'reserved']);
      }
      expect(await refundsOf(harness().store, ...orders)).toEqual([]);
    });

    test('one of two payments pays an order, the other is refunded', async () => {
      const { orders } = await reserved(25);
      const results = await Promise.all(
        orders.map((one) => Promise.all([0, 1].map((i) => either(i).capture(newCapture(one))))),
      );
      for (const pair of results) expect(pair.map(({ kind }) => kind).sort()).toEqual(['paid', 'refundDue']);
      expect(await refundsOf(harness().store, ...orders)).toHaveLength(25);
    });

    test('a capture either pays an order or finds it cancelled, and then is refunded', async () => {
      const { saleId, orders } = await reserved(50);
      const outcomes = await Promise.all(
        orders.map(async (one, i) => {
          const cancel = () => move(either(i), 'cancelled', one);
          const capture = () => either(i + 1).capture(newCapture(one));
          // Each is sent first for half of the orders; the first one sent is not always the first one executed.
          if (i % 2 === 0) return Promise.all([cancel(), capture()]);
          const captured = capture();
          return [await cancel(), await captured] as const;
        }),
      );
      for (const [cancelled, captured] of outcomes) {
        expect(captured.kind).toBe(cancelled.length === 1 ? 'refundDue' : 'paid');
        expect('order' in captured && captured.order).toMatchObject(
          cancelled.length === 1 ? { state: 'cancelled', endedAt: MOVED_AT } : { state: 'paid', paidAt: MOVED_AT },
        );
      }
      const lost = outcomes.filter(([cancelled]) => cancelled.length === 1).length;
      expect((await harness().store.money(saleId)).refunded).toBe(lost);
      expect(await owedOf(harness().store, saleId)).toHaveLength(lost);
    });
  });
}
