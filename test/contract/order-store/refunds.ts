import { describe, expect, test } from 'vitest';
import { type Order, totalOf } from '../../../src/domain/order.ts';
import type { RefundRequest } from '../../../src/ports/order-payments.ts';
import type { NewOrder } from '../../../src/ports/order-store.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { MOVED_AT, move, type OrderStoreHarness, owedOf, put } from './harness.ts';
import { newCapture, refundsOf } from './payments.ts';

let requests = 0;

function aRefund({ order }: NewOrder, parts: Partial<RefundRequest> = {}): RefundRequest {
  requests += 1;
  const by = { returnTickets: false, reason: 'the headliner is ill', by: 'boss', at: MOVED_AT + 7 };
  return { id: `refund-${requests}`, orderId: order.id, ...by, ...parts };
}

/** What admins give back of paid orders. */
export function orderStoreRefunds(harness: () => OrderStoreHarness): void {
  async function paid(tickets: readonly number[] = [1, 2], saleId = nextSaleId()) {
    const one = newOrder({ saleId, tickets, price: { amount: 5_000, currency: 'EUR' } });
    await put(harness().store, one);
    const capture = newCapture(one);
    await harness().store.capture(capture);
    const order: Order = { ...one.order, state: 'paid', paidAt: MOVED_AT };
    return { one, capture, order };
  }

  describe('a refund', () => {
    test('of a part is due, shown by its order, and recorded; the order keeps its tickets', async () => {
      const { store, other } = harness();
      const { one, capture, order } = await paid();
      const request = aRefund(one, { amount: 1_234 });
      const amount = { amount: 1_234, currency: 'EUR' };
      const after: Order = { ...order, refunded: amount };
      const refund = { ...request, amount };
      expect(await store.refund(request)).toStrictEqual({ kind: 'refunded', order: after, refund, repeated: false });
      expect(await other.order(order.id)).toStrictEqual(after);
      expect(await other.refundsOf(order.id)).toStrictEqual([refund]);
      const { paymentId } = capture;
      const due = { id: request.id, kind: 'request', paymentId, orderId: order.id, amount } as const;
      expect(await refundsOf(other, one)).toStrictEqual([due]);
      expect(await owedOf(store, order.saleId)).toEqual([]);
      expect(await other.money(order.saleId)).toStrictEqual({
        revenue: 10_000 - 1_234,
        captured: 10_000,
        givenBack: 1_234,
        refunded: 1,
        mismatched: 0,
      });
      await store.refunded({ id: request.id, kind: 'payment' }, MOVED_AT + 20);
      expect(await refundsOf(other, one)).toHaveLength(1);
      await store.refunded(due, MOVED_AT + 20);
      await other.refunded(due, MOVED_AT + 30);
      expect(await refundsOf(other, one)).toEqual([]);
      expect(await other.refundsOf(order.id)).toStrictEqual([{ ...refund, refundedAt: MOVED_AT + 20 }]);
      expect(await other.money(order.saleId)).toMatchObject({ revenue: 10_000 - 1_234, givenBack: 1_234 });
    });

    test('without an amount gives back all that is left', async () => {
      const { store } = harness();
      const { one } = await paid();
      await store.refund(aRefund(one, { amount: 3_000 }));
      const rest = await store.refund(aRefund(one));
      expect(rest).toMatchObject({ kind: 'refunded', refund: { amount: { amount: 7_000 } } });
      expect(rest).toMatchObject({ order: { state: 'paid', refunded: { amount: 10_000 } } });
      const again = await store.refund(aRefund(one));
      expect(again).toMatchObject({ kind: 'notRefundable', order: { refunded: { amount: 10_000 } } });
      expect(await refundsOf(store, one)).toHaveLength(2);
    });

    test('may return the tickets, which cancels the order and frees them', async () => {
      const { store, other } = harness();
      const { one, order } = await paid([3, 4]);
      const request = aRefund(one, { returnTickets: true });
      const cancelled: Order = { ...order, state: 'cancelled', endedAt: request.at, refunded: totalOf(order) };
      expect(await store.refund(request)).toMatchObject({ kind: 'refunded', order: cancelled });
      expect(await other.order(order.id)).toStrictEqual(cancelled);
      expect(await owedOf(other, order.saleId)).toEqual([order.id]);
      expect((await other.counts(order.saleId)).tickets).toBe(0);
      const next = newOrder({ saleId: order.saleId, tickets: [3, 4] });
      expect(await put(other, next)).toMatchObject({ stored: 1, rejected: [] });
      expect(await store.money(order.saleId)).toMatchObject({ revenue: 0, captured: 10_000, givenBack: 10_000 });
    });

    test('can’t return tickets while some of the money is kept', async () => {
      const { store } = harness();
      const { one, order } = await paid();
      const part = await store.refund(aRefund(one, { amount: 9_999, returnTickets: true }));
      expect(part).toStrictEqual({ kind: 'keepsMoney', order, left: 10_000 });
      await store.refund(aRefund(one, { amount: 9_999 }));
      const rest = await store.refund(aRefund(one, { amount: 1, returnTickets: true }));
      expect(rest).toMatchObject({ kind: 'refunded', order: { state: 'cancelled' } });
    });

    test('is not more than what is left', async () => {
      const { store } = harness();
      const { one, order } = await paid();
      const request = aRefund(one, { amount: 10_001 });
      expect(await store.refund(request)).toStrictEqual({ kind: 'tooMuch', order, left: 10_000 });
      expect(await store.refundsOf(order.id)).toEqual([]);
      await store.refund(aRefund(one, { amount: 10_000 }));
      expect(await store.refund(aRefund(one, { amount: 1 }))).toMatchObject({ kind: 'notRefundable' });
    });

    test('with an id that is known has the same result, and adds nothing', async () => {
      const { store, other } = harness();
      const { one } = await paid();
      const request = aRefund(one, { amount: 100 });
      const first = await store.refund(request);
      expect(await other.refund({ ...request, at: MOVED_AT + 99, by: 'another' })).toStrictEqual({
        ...first,
        repeated: true,
      });
      expect(await other.refundsOf(one.order.id)).toHaveLength(1);
      for (const parts of [{ amount: 101 }, { reason: 'another one' }, { returnTickets: true }]) {
        expect(await other.refund({ ...request, ...parts })).toEqual({ kind: 'idTaken' });
      }
      const { amount: _, ...whole } = request;
      expect(await other.refund(whole)).toEqual({ kind: 'idTaken' });
      const elsewhere = await paid();
      expect(await other.refund({ ...request, orderId: elsewhere.order.id })).toEqual({ kind: 'idTaken' });
    });

    test('twice at the same moment gives back what is left once', async () => {
      const { store, other } = harness();
      for (let n = 0; n < 10; n += 1) {
        const { one } = await paid();
        const results = await Promise.all([store.refund(aRefund(one)), other.refund(aRefund(one))]);
        expect(results.map(({ kind }) => kind).toSorted()).toEqual(['notRefundable', 'refunded']);
        expect(await refundsOf(store, one)).toHaveLength(1);
      }
    });

    test('of several parts at the same moment is never more than was paid', async () => {
      const { store, other } = harness();
      const { one, order } = await paid();
      const parts = Array.from({ length: 8 }, () => aRefund(one, { amount: 3_000 }));
      const results = await Promise.all(parts.map((part, n) => (n % 2 === 0 ? store : other).refund(part)));
      expect(results.filter(({ kind }) => kind === 'refunded')).toHaveLength(3);
      expect(await other.order(order.id)).toMatchObject({ refunded: { amount: 9_000 } });
    });

    test.each(['reserved', 'cancelled', 'expired'] as const)('of an order that is %s is refused', async (state) => {
      const { store } = harness();
      const one = newOrder({ saleId: nextSaleId(), tickets: [1] });
      await put(store, one);
      if (state !== 'reserved') await move(store, state, one);
      const order = await store.order(one.order.id);
      expect(await store.refund(aRefund(one))).toStrictEqual({ kind: 'notRefundable', order });
      expect(await store.refundsOf(one.order.id)).toEqual([]);
    });

    test.each(['', 'no-such-order', nextOrderId()])(
      'of an order that is not stored is refused: %j',
      async (orderId) => {
        const { one } = await paid();
        expect(await harness().store.refund({ ...aRefund(one), orderId })).toEqual({ kind: 'unknownOrder' });
      },
    );

    test('is of the payment that pays the order, also one that bought it late', async () => {
      const { store } = harness();
      const one = newOrder({ saleId: nextSaleId(), tickets: [1] });
      await put(store, one);
      await move(store, 'expired', one);
      const capture = newCapture(one);
      await store.capture(capture);
      const next = newOrder({ saleId: one.order.saleId, tickets: [2] });
      await put(store, next);
      await store.rebooked(capture.paymentId, next.order.id, MOVED_AT);
      expect(await store.refund(aRefund(one))).toMatchObject({ kind: 'notRefundable' });
      await store.capture(newCapture(next));
      expect(await store.refund(aRefund(next))).toMatchObject({ kind: 'refunded' });
      const due = (await refundsOf(store, next)).filter(({ kind }) => kind === 'request');
      expect(due).toMatchObject([{ paymentId: capture.paymentId }]);
    });

    test.each([
      { id: '' },
      { id: 'x'.repeat(65) },
      { reason: '' },
      { reason: 'x'.repeat(501) },
      { reason: '\ud83c' },
      { by: '' },
      { amount: 0 },
      { amount: -1 },
      { amount: 1.5 },
      { amount: 2 ** 53 },
    ])('that cannot be stored is rejected: %j', async (parts) => {
      const { one, order } = await paid();
      await expect(harness().store.refund(aRefund(one, parts))).rejects.toMatchObject({ code: 'corrupt' });
      expect(await harness().store.order(order.id)).toStrictEqual(order);
    });

    test('keeps its reason and admin as they were written', async () => {
      const { store, other } = harness();
      const { one } = await paid();
      const hostile = { reason: `'"\\%_?? $1 \n☃ 🎫`.repeat(12), by: `'"\\ 🎫` };
      const result = await store.refund(aRefund(one, hostile));
      expect(result).toMatchObject({ kind: 'refunded', refund: hostile });
      expect(await other.refundsOf(one.order.id)).toMatchObject([hostile]);
    });
  });

  test('late captures, wrong ones and requests are due together, oldest first', async () => {
    const { store } = harness();
    for (const one of await store.refundsDue(100_000)) await store.refunded(one, MOVED_AT);
    const { one } = await paid();
    await store.refund(aRefund(one, { amount: 1, at: MOVED_AT + 2 }));
    await store.capture(newCapture(one, { at: MOVED_AT + 1 }));
    await store.capture(newCapture(one, { at: MOVED_AT + 3, amount: { amount: 1, currency: 'EUR' } }));
    expect((await store.refundsDue(2)).map(({ kind }) => kind)).toEqual(['payment', 'request']);
    expect((await store.refundsDue(9)).map(({ kind }) => kind)).toEqual(['payment', 'request', 'payment']);
  });
}
