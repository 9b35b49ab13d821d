import { describe, expect, test } from 'vitest';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { move, type OrderStoreHarness, put } from './harness.ts';

/** Orders that are stored more than once. */
export function orderStoreRedelivery(harness: () => OrderStoreHarness): void {
  describe('stored again', () => {
    test('a batch changes nothing and counts as repeated', async () => {
      const saleId = nextSaleId();
      const orders = [1, 2, 3].map((ticket) => newOrder({ saleId, tickets: [ticket] }));
      await put(harness().store, ...orders);
      expect(await put(harness().store, ...orders)).toEqual({ stored: 0, repeated: 3, rejected: [] });
      expect((await harness().store.counts(saleId)).states.reserved).toBe(3);
    });

    test('a batch that overlaps an earlier one is counted exactly', async () => {
      const saleId = nextSaleId();
      const orders = [1, 2, 3, 4, 5].map((ticket) => newOrder({ saleId, tickets: [ticket] }));
      await put(harness().store, ...orders.slice(0, 2));
      expect(await put(harness().store, ...orders)).toEqual({ stored: 3, repeated: 2, rejected: [] });
    });

    test('an order that is in a batch twice is stored once', async () => {
      const one = newOrder({ saleId: nextSaleId(), tickets: [1] });
      expect(await put(harness().store, one, one)).toEqual({ stored: 1, repeated: 1, rejected: [] });
    });

    test('an order that has moved on does not change', async () => {
      const one = newOrder({ saleId: nextSaleId(), tickets: [1] });
      await put(harness().store, one);
      await move(harness().store, 'cancelled', one);
      expect(await put(harness().store, one)).toEqual({ stored: 0, repeated: 1, rejected: [] });
      expect((await harness().store.order(one.order.id))?.state).toBe('cancelled');
    });

    test('a rejected order is repeated, not rejected again', async () => {
      const saleId = nextSaleId();
      const [stored, rejected] = [newOrder({ saleId, tickets: [1] }), newOrder({ saleId, tickets: [1] })];
      await put(harness().store, stored);
      await put(harness().store, rejected);
      expect(await put(harness().store, stored, rejected)).toEqual({ stored: 0, repeated: 2, rejected: [] });
    });
  });
}
