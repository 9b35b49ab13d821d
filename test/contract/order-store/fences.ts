import { describe, expect, test } from 'vitest';
import type { NewOrder, OrderStore, StoreBatch } from '../../../src/ports/order-store.ts';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { move, type OrderStoreHarness, owedOf, put, stored } from './harness.ts';

let groups = 0;

function nextGroup(): string {
  groups += 1;
  return `fenced-${groups}`;
}

/** Stores orders that a fence rejected. */
function putFenced(store: OrderStore, ...fenced: readonly NewOrder[]) {
  return store.store({ group: 'g', positions: [], orders: [], fenced });
}

/** Fences of the log, and orders behind them. */
export function orderStoreFences(harness: () => OrderStoreHarness): void {
  const storeFences = (group: string, ...fences: NonNullable<StoreBatch['fences']>) =>
    harness().store.store({ group, positions: [], orders: [], fences });

  describe('fences', () => {
    test('are stored by group and partition, in the order of the log', async () => {
      const [group, saleId] = [nextGroup(), nextSaleId()];
      const second = { partition: 3, saleId, epoch: 3, offset: 2 ** 40 };
      const first = { partition: 3, saleId, epoch: 2, offset: 7 };
      const other = { partition: 3, saleId: nextSaleId(), epoch: 5, offset: 9 };
      await storeFences(group, second);
      await storeFences(group, first, other, { ...first, partition: 4 });
      expect(await harness().other.fences(group, 3)).toEqual(
        [first, other, second].map(({ partition: _, ...fence }) => fence),
      );
      expect(await harness().other.fences(group, 5)).toEqual([]);
      expect(await harness().other.fences(nextGroup(), 3)).toEqual([]);
    });

    test('of the same epoch: the first one counts', async () => {
      const [group, saleId] = [nextGroup(), nextSaleId()];
      await storeFences(group, { partition: 0, saleId, epoch: 2, offset: 7 });
      await storeFences(group, { partition: 0, saleId, epoch: 2, offset: 8 });
      expect(await harness().store.fences(group, 0)).toEqual([{ saleId, epoch: 2, offset: 7 }]);
    });

    test('count as passed in each partition that has one of their epoch or a later one', async () => {
      const [group, saleId] = [nextGroup(), nextSaleId()];
      const passed = (epoch: number) => harness().other.fencePassed(group, saleId, epoch);
      expect(await passed(1)).toBe(0);
      await storeFences(group, { partition: 0, saleId, epoch: 2, offset: 7 });
      await storeFences(
        group,
        { partition: 0, saleId, epoch: 3, offset: 9 },
        { partition: 1, saleId, epoch: 2, offset: 1 },
      );
      await storeFences(group, { partition: 2, saleId: nextSaleId(), epoch: 9, offset: 1 });
      await storeFences(nextGroup(), { partition: 4, saleId, epoch: 9, offset: 1 });
      expect(await Promise.all([1, 2, 3, 4].map(passed))).toEqual([2, 2, 1, 0]);
    });

    test.each([1e300, 2 ** 63, 2 ** 31, 0.5, -1])('of epoch %d are refused as corrupt', async (epoch) => {
      const [group, saleId] = [nextGroup(), nextSaleId()];
      const refused = storeFences(group, { partition: 0, saleId, epoch, offset: 7 });
      await expect(refused).rejects.toMatchObject({ code: 'corrupt', retryable: false });
      expect(await harness().store.fences(group, 0)).toEqual([]);
    });

    test('and the positions after them are stored together or not at all', async () => {
      const [group, saleId] = [nextGroup(), nextSaleId()];
      const fences = [{ partition: 0, saleId, epoch: 2, offset: 7 }];
      const batch = { group, positions: [{ partition: 0, next: 8 }], orders: [], fences };
      const bad = newOrder({ saleId, tickets: [Number.NaN] });
      await expect(harness().store.store({ ...batch, fenced: [bad] })).rejects.toMatchObject({ code: 'corrupt' });
      expect(await harness().store.fences(group, 0)).toEqual([]);
      expect(await harness().store.position(group, 0)).toBeUndefined();
      await harness().store.store(batch);
      expect(await harness().store.position(group, 0)).toBe(8);
      expect(await harness().store.fencePassed(group, saleId, 2)).toBe(1);
    });
  });

  describe('an order behind a fence', () => {
    test('is stored as rejected, owes no ticket, and conflicts with no other', async () => {
      const saleId = nextSaleId();
      const refused = newOrder({ saleId, tickets: [1], userId: 'ann', key: 'k:1' });
      const { rejected, ...counts } = await putFenced(harness().store, refused);
      expect(counts).toEqual({ stored: 0, repeated: 0 });
      const endedAt = expect.any(Number);
      expect(rejected).toStrictEqual([{ order: { ...refused.order, state: 'rejected', endedAt }, reason: 'fence' }]);
      expect(await harness().other.order(refused.order.id)).toStrictEqual(rejected[0]?.order);
      expect(await owedOf(harness().other, saleId)).toEqual([]);
      const again = newOrder({ saleId, tickets: [1], userId: 'ann', key: 'k:1' });
      expect(await put(harness().store, again)).toEqual(stored(1));
    });

    test('is repeated, not rejected again', async () => {
      const refused = newOrder({ saleId: nextSaleId(), tickets: [1] });
      await putFenced(harness().store, refused);
      expect(await putFenced(harness().other, refused, refused)).toEqual({ stored: 0, repeated: 2, rejected: [] });
    });

    test('that was stored before does not change: the record is a redelivery', async () => {
      const saleId = nextSaleId();
      const [live, paid, cancelled] = [1, 2, 3].map((ticket) => newOrder({ saleId, tickets: [ticket] })) as [
        NewOrder,
        NewOrder,
        NewOrder,
      ];
      await put(harness().store, live, paid, cancelled);
      await move(harness().store, 'paid', paid);
      await move(harness().store, 'cancelled', cancelled);
      expect(await putFenced(harness().store, live, paid, cancelled)).toEqual({ stored: 0, repeated: 3, rejected: [] });
      const states = await Promise.all([live, paid, cancelled].map(({ order }) => harness().store.order(order.id)));
      expect(states.map((order) => order?.state)).toEqual(['reserved', 'paid', 'cancelled']);
    });

    test('that is accepted in the same batch is accepted', async () => {
      const saleId = nextSaleId();
      const one = newOrder({ saleId, tickets: [1] });
      const batch = { group: 'g', positions: [], orders: [one], fenced: [one] };
      expect(await harness().store.store(batch)).toEqual({ stored: 1, repeated: 1, rejected: [] });
    });

    test('is accepted when it comes under the new epoch', async () => {
      const saleId = nextSaleId();
      const [one, two] = [newOrder({ saleId, tickets: [1] }), newOrder({ saleId, tickets: [2] })];
      await putFenced(harness().store, one);
      expect(await put(harness().other, one, two)).toEqual(stored(2));
      expect(await harness().store.order(one.order.id)).toStrictEqual(one.order);
      expect(await put(harness().store, one, two)).toEqual({ stored: 0, repeated: 2, rejected: [] });
      expect(await putFenced(harness().store, one)).toEqual({ stored: 0, repeated: 1, rejected: [] });
      expect(await owedOf(harness().store, saleId)).toEqual([]);
    });

    test('that comes after a conflicting one stays rejected', async () => {
      const saleId = nextSaleId();
      const [one, other] = [newOrder({ saleId, tickets: [1] }), newOrder({ saleId, tickets: [1] })];
      await putFenced(harness().store, one);
      await put(harness().store, other);
      expect(await put(harness().store, one)).toMatchObject({
        stored: 0,
        repeated: 0,
        rejected: [{ reason: 'ticket' }],
      });
      await move(harness().store, 'expired', other);
      expect(await put(harness().store, one)).toEqual({ stored: 0, repeated: 1, rejected: [] });
      expect(await owedOf(harness().store, saleId)).toEqual([one.order.id, other.order.id].toSorted());
    });

    test('that is accepted concurrently ends up accepted', async () => {
      const saleId = nextSaleId();
      const orders = Array.from({ length: 100 }, (_, i) => newOrder({ saleId, tickets: [i + 1] }));
      await Promise.all(
        orders.flatMap((one) => [
          putFenced(harness().store, one),
          put(harness().other, one),
          putFenced(harness().other, one),
        ]),
      );
      expect((await harness().store.counts(saleId)).states).toMatchObject({ reserved: 100, rejected: 0 });
    });
  });
}
