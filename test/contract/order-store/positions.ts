import { describe, expect, test } from 'vitest';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import type { OrderStoreHarness } from './harness.ts';

/** Positions of consumer groups in the log. */
export function orderStorePositions(harness: () => OrderStoreHarness): void {
  describe('log positions', () => {
    test('are stored with the batch, by group and partition, even without an order', async () => {
      await harness().store.store({
        group: 'p1',
        positions: [
          { partition: 0, next: 5 },
          { partition: 3, next: 9 },
        ],
        orders: [],
      });
      await harness().store.store({ group: 'p2', positions: [{ partition: 0, next: 2 ** 40 }], orders: [] });
      expect(await harness().store.position('p1', 0)).toBe(5);
      expect(await harness().store.position('p1', 3)).toBe(9);
      expect(await harness().store.position('p1', 1)).toBeUndefined();
      expect(await harness().store.position('p2', 0)).toBe(2 ** 40);
    });

    test('never go back', async () => {
      await harness().store.store({ group: 'p3', positions: [{ partition: 0, next: 10 }], orders: [] });
      await harness().store.store({
        group: 'p3',
        positions: [
          { partition: 0, next: 4 },
          { partition: 1, next: 1 },
        ],
        orders: [],
      });
      expect(await harness().store.position('p3', 0)).toBe(10);
      expect(await harness().store.position('p3', 1)).toBe(1);
    });

    test('and orders are stored together or not at all', async () => {
      const saleId = nextSaleId();
      const good = newOrder({ saleId, tickets: [1] });
      const bad = newOrder({ saleId, tickets: [Number.NaN] });
      const batch = { group: 'p4', positions: [{ partition: 0, next: 1 }], orders: [good, bad] };
      await expect(harness().store.store(batch)).rejects.toMatchObject({
        name: 'Fault',
        code: 'corrupt',
        retryable: false,
      });
      expect(await harness().store.order(good.order.id)).toBeUndefined();
      expect(await harness().store.position('p4', 0)).toBeUndefined();
    });
  });
}
