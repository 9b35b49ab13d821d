import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderStore, StoreResult } from '../../../src/ports/order-store.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { orderStoreConflicts } from './conflicts.ts';
import { orderStoreFences } from './fences.ts';
import { type OrderStoreHarness, put, stored } from './harness.ts';
import { orderStoreLateMoney } from './late-money.ts';
import { orderStoreLifecycle } from './lifecycle.ts';
import { orderStoreMismatches } from './mismatches.ts';
import { orderStoreModel } from './model.ts';
import { orderStorePayments } from './payments.ts';
import { orderStorePositions } from './positions.ts';
import { orderStoreQuantities } from './quantities.ts';
import { orderStoreQuantityRaces } from './quantity-races.ts';
import { orderStoreRaces } from './races.ts';
import { orderStoreReads } from './reads.ts';
import { orderStoreRedelivery } from './redelivery.ts';
import { orderStoreRefunds } from './refunds.ts';
import { orderStoreSearches } from './searches.ts';
import { untilStored } from './until-stored.ts';

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
      const plain = newOrder({ saleId, tickets: [1] });
      const largest = newOrder({
        saleId,
        tickets: [2 ** 31 - 1],
        price: { amount: Number.MAX_SAFE_INTEGER, currency: 'JPY' },
        userId: 'x'.repeat(128),
        key: `k:${'y'.repeat(255)}`,
      });
      const hostile = newOrder({
        saleId,
        tickets: [3],
        userId: `'"\\%_?? :a $1 \n\u2603 \u{1F3AB}`,
        key: "k:'); DROP TABLE orders; --",
      });
      expect(await put(store, plain, largest, hostile)).toEqual(stored(3));
      for (const { order } of [plain, largest, hostile]) expect(await store.order(order.id)).toStrictEqual(order);
    });

    test('returns the greatest id, in whatever order they were stored', async () => {
      const saleId = nextSaleId();
      const [first, second] = [newOrder({ saleId, tickets: [1] }), newOrder({ saleId, tickets: [2] })];
      await put(store, second);
      await put(store, first);
      expect(await store.lastOrderId()).toBe(second.order.id);
    });

    test.each(['', 'no-such-order', 'é', ' ', "' OR 1=1 --"])('has no order %j', async (id) => {
      expect(await store.order(id)).toBeUndefined();
    });

    test('distinguishes order ids that differ in case or in trailing spaces only', async () => {
      const { order } = newOrder({ saleId: nextSaleId(), tickets: [1], id: '0ABCDEFGHJKMNP' });
      await put(store, { order, key: 'k' });
      expect(await store.order(order.id.toLowerCase())).toBeUndefined();
      expect(await store.order(`${order.id} `)).toBeUndefined();
    });

    orderStoreRedelivery(() => harness);

    orderStoreConflicts(() => harness);

    orderStoreFences(() => harness);

    orderStoreReads(() => harness);

    orderStoreSearches(() => harness);

    orderStoreLifecycle(() => harness);

    orderStorePayments(() => harness);
    orderStoreMismatches(() => harness);
    orderStoreLateMoney(() => harness);
    orderStoreRefunds(() => harness);

    orderStoreQuantities(() => harness);
    orderStoreQuantityRaces(() => harness);

    orderStoreRaces(() => harness);

    orderStorePositions(() => harness);

    test('stores a batch of any size', async () => {
      const saleId = nextSaleId();
      const orders = Array.from({ length: 4_500 }, (_, i) => newOrder({ saleId, tickets: [i + 1] }));
      const conflicting = newOrder({ saleId, tickets: [4_500] });
      expect(await put(store, ...orders, conflicting)).toMatchObject({
        stored: 4_500,
        repeated: 0,
        rejected: [{ reason: 'ticket' }],
      });
      expect((await store.counts(saleId)).tickets).toBe(4_500);
    });

    test('processes that store the same orders concurrently store each of them once', async () => {
      const saleId = nextSaleId();
      const orders = Array.from({ length: 300 }, (_, i) => newOrder({ saleId, tickets: [(i % 200) + 1] }));
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
