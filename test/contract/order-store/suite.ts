import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFault } from '../../../src/domain/errors.ts';
import type { OrderStore, StoreBatch, StoreResult } from '../../../src/ports/order-store.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { orderStoreConflicts } from './conflicts.ts';
import { orderStoreFences } from './fences.ts';
import { move, type OrderStoreHarness, put, stored } from './harness.ts';
import { orderStoreLifecycle } from './lifecycle.ts';
import { orderStoreModel } from './model.ts';
import { orderStorePayments } from './payments.ts';
import { orderStoreRaces } from './races.ts';
import { orderStoreReads } from './reads.ts';

/** The contract of every order store. `open` creates an empty one. */
export function orderStoreContract(name: string, open: () => Promise<OrderStoreHarness>): void {
  describe(`order store: ${name}`, () => {
    let harness: OrderStoreHarness;
    let store: OrderStore;

    beforeAll(async () => {
      harness = await open();
      store = harness.store;
    });
    afterAll(async () => harness?.close());

    test('has no last order and no position while it is empty', async () => {
      expect(await store.lastOrderId()).toBeUndefined();
      expect(await store.position('g', 0)).toBeUndefined();
    });

    test('returns every order exactly as it was stored', async () => {
      const saleId = nextSaleId();
      const plain = newOrder({ saleId, ticket: 1 });
      const largest = newOrder({
        saleId,
        ticket: 2 ** 31 - 1,
        price: { amount: Number.MAX_SAFE_INTEGER, currency: 'JPY' },
        userId: 'x'.repeat(128),
        key: `k:${'y'.repeat(255)}`,
      });
      const hostile = newOrder({
        saleId,
        ticket: 3,
        userId: `'"\\%_?? :a $1 \n\u2603 \u{1F3AB}`,
        key: "k:'); DROP TABLE orders; --",
      });
      expect(await put(store, plain, largest, hostile)).toEqual(stored(3));
      for (const { order } of [plain, largest, hostile]) expect(await store.order(order.id)).toStrictEqual(order);
    });

    test('returns the greatest id, in whatever order they were stored', async () => {
      const saleId = nextSaleId();
      const [first, second] = [newOrder({ saleId, ticket: 1 }), newOrder({ saleId, ticket: 2 })];
      await put(store, second);
      await put(store, first);
      expect(await store.lastOrderId()).toBe(second.order.id);
    });

    test.each(['', 'no-such-order', 'é', ' ', "' OR 1=1 --"])('has no order %j', async (id) => {
      expect(await store.order(id)).toBeUndefined();
    });

    test('distinguishes order ids that differ in case or in trailing spaces only', async () => {
      const { order } = newOrder({ saleId: nextSaleId(), ticket: 1, id: '0ABCDEFGHJKMNP' });
      await put(store, { order, key: 'k' });
      expect(await store.order(order.id.toLowerCase())).toBeUndefined();
      expect(await store.order(`${order.id} `)).toBeUndefined();
    });

    describe('stored again', () => {
      test('a batch changes nothing and counts as repeated', async () => {
        const saleId = nextSaleId();
        const orders = [1, 2, 3].map((ticket) => newOrder({ saleId, ticket }));
        await put(store, ...orders);
        expect(await put(store, ...orders)).toEqual({ stored: 0, repeated: 3, rejected: [] });
        expect((await store.counts(saleId)).states.reserved).toBe(3);
      });

      test('a batch that overlaps an earlier one is counted exactly', async () => {
        const saleId = nextSaleId();
        const orders = [1, 2, 3, 4, 5].map((ticket) => newOrder({ saleId, ticket }));
        await put(store, ...orders.slice(0, 2));
        expect(await put(store, ...orders)).toEqual({ stored: 3, repeated: 2, rejected: [] });
      });

      test('an order that is in a batch twice is stored once', async () => {
        const one = newOrder({ saleId: nextSaleId(), ticket: 1 });
        expect(await put(store, one, one)).toEqual({ stored: 1, repeated: 1, rejected: [] });
      });

      test('an order that has moved on does not change', async () => {
        const one = newOrder({ saleId: nextSaleId(), ticket: 1 });
        await put(store, one);
        await move(store, 'cancelled', one);
        expect(await put(store, one)).toEqual({ stored: 0, repeated: 1, rejected: [] });
        expect((await store.order(one.order.id))?.state).toBe('cancelled');
      });

      test('a rejected order is repeated, not rejected again', async () => {
        const saleId = nextSaleId();
        const [stored, rejected] = [newOrder({ saleId, ticket: 1 }), newOrder({ saleId, ticket: 1 })];
        await put(store, stored);
        await put(store, rejected);
        expect(await put(store, stored, rejected)).toEqual({ stored: 0, repeated: 2, rejected: [] });
      });
    });

    orderStoreConflicts(() => harness);

    orderStoreFences(() => harness);

    orderStoreReads(() => harness);

    orderStoreLifecycle(() => harness);

    orderStorePayments(() => harness);

    orderStoreRaces(() => harness);

    describe('log positions', () => {
      test('are stored with the batch, by group and partition, even without an order', async () => {
        await store.store({
          group: 'p1',
          positions: [
            { partition: 0, next: 5 },
            { partition: 3, next: 9 },
          ],
          orders: [],
        });
        await store.store({ group: 'p2', positions: [{ partition: 0, next: 2 ** 40 }], orders: [] });
        expect(await store.position('p1', 0)).toBe(5);
        expect(await store.position('p1', 3)).toBe(9);
        expect(await store.position('p1', 1)).toBeUndefined();
        expect(await store.position('p2', 0)).toBe(2 ** 40);
      });

      test('never go back', async () => {
        await store.store({ group: 'p3', positions: [{ partition: 0, next: 10 }], orders: [] });
        await store.store({
          group: 'p3',
          positions: [
            { partition: 0, next: 4 },
            { partition: 1, next: 1 },
          ],
          orders: [],
        });
        expect(await store.position('p3', 0)).toBe(10);
        expect(await store.position('p3', 1)).toBe(1);
      });

      test('and orders are stored together or not at all', async () => {
        const saleId = nextSaleId();
        const good = newOrder({ saleId, ticket: 1 });
        const bad = newOrder({ saleId, ticket: Number.NaN });
        const batch = { group: 'p4', positions: [{ partition: 0, next: 1 }], orders: [good, bad] };
        await expect(store.store(batch)).rejects.toMatchObject({ name: 'Fault', code: 'corrupt', retryable: false });
        expect(await store.order(good.order.id)).toBeUndefined();
        expect(await store.position('p4', 0)).toBeUndefined();
      });
    });

    test('stores a batch of any size', async () => {
      const saleId = nextSaleId();
      const orders = Array.from({ length: 4_500 }, (_, i) => newOrder({ saleId, ticket: i + 1 }));
      const conflicting = newOrder({ saleId, ticket: 4_500 });
      expect(await put(store, ...orders, conflicting)).toMatchObject({
        stored: 4_500,
        repeated: 0,
        rejected: [{ reason: 'ticket' }],
      });
      expect((await store.counts(saleId)).tickets).toBe(4_500);
    });

    test('processes that store the same orders concurrently store each of them once', async () => {
      const saleId = nextSaleId();
      const orders = Array.from({ length: 300 }, (_, i) => newOrder({ saleId, ticket: (i % 200) + 1 }));
      const halves = [orders.slice(0, 200), orders.slice(200)];
      const batches = [orders, orders.toReversed(), ...halves, ...halves.toReversed()];
      const results = await Promise.all(
        batches.map((batch, i) =>
          untilStored(i % 2 === 0 ? store : harness.other, { group: 'g', positions: [], orders: batch }),
        ),
      );
      const sum = (of: (result: StoreResult) => number) => results.reduce((total, result) => total + of(result), 0);
      expect(sum((result) => result.stored)).toBe(200);
      expect(sum((result) => result.rejected.length)).toBe(100);
      expect(sum((result) => result.repeated)).toBe(900);
      expect(await harness.other.counts(saleId)).toMatchObject({
        states: { reserved: 200, rejected: 100 },
        tickets: 200,
      });
    });

    test('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    test('agrees with the model for random commands', () => orderStoreModel(harness, nextSaleId, nextOrderId));
  });
}

/** As settlement does: repeats a batch that the store could not store for now. */
async function untilStored(store: OrderStore, batch: StoreBatch): Promise<StoreResult> {
  for (;;) {
    try {
      return await store.store(batch);
    } catch (error) {
      if (!isFault(error) || !error.retryable) throw error;
    }
  }
}
