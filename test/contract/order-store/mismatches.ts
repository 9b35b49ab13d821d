import { describe, expect, test } from 'vitest';
import type { NewOrder, OrderStore } from '../../../src/ports/order-store.ts';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { MOVED_AT, move, type OrderStoreHarness, put } from './harness.ts';
import { newCapture, refundDueOf, refundsOf } from './payments.ts';

const RIGHT = { amount: 12_999, currency: 'USD' };
const NONE = { revenue: 0, captured: 0, givenBack: 0, refunded: 0, mismatched: 0 };

/** Captures that are not of their order's total. */
export function orderStoreMismatches(harness: () => OrderStoreHarness): void {
  async function reserved(): Promise<NewOrder> {
    const one = newOrder({ saleId: nextSaleId(), tickets: [1], price: RIGHT });
    await put(harness().store, one);
    return one;
  }

  const moneyOf = (store: OrderStore, { order }: NewOrder) => store.money(order.saleId);

  describe('a capture of another amount or currency than the order’s', () => {
    test.each([
      { amount: 0, currency: 'USD' },
      { amount: 1, currency: 'JPY' },
      { amount: 12_998, currency: 'USD' },
      { amount: 13_000, currency: 'USD' },
      { amount: 12_999, currency: 'EUR' },
      { amount: Number.MAX_SAFE_INTEGER, currency: 'USD' },
    ])('pays nothing, and what it took has to be refunded: %o', async (amount) => {
      const { store, other } = harness();
      const one = await reserved();
      const capture = newCapture(one, { amount });
      const result = { kind: 'mismatch', order: one.order };
      expect(await store.capture(capture)).toStrictEqual(result);
      expect(await other.capture(capture)).toStrictEqual(result);
      expect(await other.order(one.order.id)).toStrictEqual(one.order);
      const due = refundDueOf(capture);
      expect(await refundsOf(other, one)).toStrictEqual([due]);
      expect(await moneyOf(other, one)).toStrictEqual({ ...NONE, refunded: 1, mismatched: 1 });
      await store.refunded(due, MOVED_AT);
      expect(await refundsOf(other, one)).toEqual([]);
      expect(await moneyOf(other, one)).toStrictEqual({ ...NONE, refunded: 1, mismatched: 1 });
      expect(await store.capture(newCapture(one))).toMatchObject({ kind: 'paid' });
    });

    test('does not keep the right one of the same payment from paying, which ends its refund', async () => {
      const { store, other } = harness();
      const one = await reserved();
      const right = newCapture(one);
      await store.capture({ ...right, amount: { amount: 1, currency: 'USD' } });
      expect(await other.capture(right)).toMatchObject({ kind: 'paid', order: { state: 'paid' } });
      expect(await refundsOf(store, one)).toEqual([]);
      expect(await moneyOf(store, one)).toStrictEqual({
        ...NONE,
        revenue: RIGHT.amount,
        captured: RIGHT.amount,
        mismatched: 1,
      });
    });

    test('of a payment that has paid its order is recorded only', async () => {
      const { store, other } = harness();
      const one = await reserved();
      const right = newCapture(one);
      await store.capture(right);
      const wrong = { ...right, amount: { amount: 1, currency: 'USD' } };
      expect(await other.capture(wrong)).toMatchObject({ kind: 'mismatch', order: { state: 'paid' } });
      expect(await refundsOf(store, one)).toEqual([]);
      expect(await moneyOf(store, one)).toStrictEqual({
        ...NONE,
        revenue: RIGHT.amount,
        captured: RIGHT.amount,
        mismatched: 1,
      });
    });

    test('of a payment with several amounts is to be refunded once', async () => {
      const { store, other } = harness();
      const one = await reserved();
      const capture = newCapture(one);
      const amounts = [1, 2, 3, 4].map((amount) => ({ amount, currency: 'USD' }));
      await Promise.all(amounts.map((amount, i) => (i % 2 === 0 ? store : other).capture({ ...capture, amount })));
      expect(await refundsOf(store, one)).toHaveLength(1);
      expect(await moneyOf(store, one)).toStrictEqual({ ...NONE, refunded: 1, mismatched: 4 });
    });

    test('of an order that has ended is to be refunded', async () => {
      const { store } = harness();
      const one = await reserved();
      await move(store, 'cancelled', one);
      const amount = { amount: 5, currency: 'EUR' };
      expect(await store.capture(newCapture(one, { amount }))).toMatchObject({
        kind: 'mismatch',
        order: { state: 'cancelled' },
      });
      expect(await refundsOf(store, one)).toMatchObject([{ amount }]);
    });

    test('and the right one at the same moment: the order is paid, and nothing of its payment is refunded', async () => {
      const { store, other } = harness();
      for (let n = 0; n < 10; n += 1) {
        const one = await reserved();
        const right = newCapture(one);
        const wrong = { ...right, amount: { amount: 1, currency: 'USD' } };
        await Promise.all(
          n % 2 === 0 ? [store.capture(right), other.capture(wrong)] : [store.capture(wrong), other.capture(right)],
        );
        expect((await store.order(one.order.id))?.state).toBe('paid');
        expect(await refundsOf(store, one)).toEqual([]);
      }
    });
  });
}
