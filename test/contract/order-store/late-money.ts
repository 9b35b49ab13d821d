import { describe, expect, test } from 'vitest';
import type { Order } from '../../../src/domain/order.ts';
import type { NewOrder } from '../../../src/ports/order-store.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { MOVED_AT, move, type OrderStoreHarness, owedOf, put } from './harness.ts';
import { newCapture, refundDueOf, refundsOf } from './payments.ts';

const PAY_BY = MOVED_AT - 456;
const UNTIL = PAY_BY + 600_000;

/** Orders whose money is under way when their time is up. */
export function orderStoreLateMoney(harness: () => OrderStoreHarness): void {
  async function reserved(tickets: readonly number[] = [1], saleId = nextSaleId()): Promise<NewOrder> {
    const one = newOrder({ saleId, tickets, payBy: PAY_BY });
    await put(harness().store, one);
    return one;
  }

  /** An order that had expired when it was captured. */
  async function late(tickets?: readonly number[]) {
    const { store } = harness();
    const one = await reserved(tickets);
    await move(store, 'expired', one);
    const capture = newCapture(one);
    const result = await store.capture(capture);
    return { one, capture, result };
  }

  /** The order of the same buyer that takes its place. */
  async function successor({ order: { saleId, userId, tickets } }: NewOrder): Promise<NewOrder> {
    const next = newOrder({ saleId, userId, tickets: tickets.map((ticket) => ticket + 50), key: `p:${saleId}` });
    await put(harness().store, next);
    return next;
  }

  describe('an order that is held for its payment', () => {
    test('is not due, and does not expire, before its hold ends', async () => {
      const { store, other } = harness();
      const { order } = await reserved();
      const held: Order = { ...order, heldUntil: UNTIL };
      expect(await store.holdForPayment(order.id, UNTIL)).toStrictEqual(held);
      expect(await other.order(order.id)).toStrictEqual(held);
      expect(await other.due(order.saleId, UNTIL - 1, 10)).toEqual([]);
      expect(await other.transition('expired', [order.id], UNTIL - 1)).toEqual([]);
      expect(await other.due(order.saleId, UNTIL, 10)).toEqual([order.id]);
      const expired: Order = { ...order, state: 'expired', endedAt: UNTIL };
      expect(await other.transition('expired', [order.id], UNTIL)).toStrictEqual([expired]);
      expect(await store.order(order.id)).toStrictEqual(expired);
    });

    test('does not hide those that are due behind it', async () => {
      const { store } = harness();
      const first = await reserved([1]);
      const second = await reserved([2], first.order.saleId);
      await store.holdForPayment(first.order.id, UNTIL);
      expect(await store.due(first.order.saleId, PAY_BY, 1)).toEqual([second.order.id]);
    });

    test('is held once, by its first payment', async () => {
      const { store, other } = harness();
      const { order } = await reserved();
      await store.holdForPayment(order.id, UNTIL);
      expect(await other.holdForPayment(order.id, UNTIL + 1)).toMatchObject({ heldUntil: UNTIL });
    });

    test('may be held after its deadline, while it has not expired', async () => {
      const { order } = await reserved();
      expect(await harness().store.due(order.saleId, PAY_BY + 9, 1)).toEqual([order.id]);
      expect(await harness().store.holdForPayment(order.id, UNTIL)).toStrictEqual({ ...order, heldUntil: UNTIL });
      expect(await harness().other.transition('expired', [order.id], PAY_BY + 9)).toEqual([]);
    });

    test('has its own deadline again when the payment has failed, and can be held anew', async () => {
      const { store, other } = harness();
      const { order } = await reserved();
      await store.holdForPayment(order.id, UNTIL);
      await other.endHold(order.id);
      expect(await store.order(order.id)).toStrictEqual(order);
      expect(await store.due(order.saleId, PAY_BY, 10)).toEqual([order.id]);
      expect(await store.holdForPayment(order.id, UNTIL)).toMatchObject({ heldUntil: UNTIL });
    });

    test.each(['paid', 'cancelled'] as const)('can be %s as any other, and shows no hold then', async (state) => {
      const { store, other } = harness();
      const one = await reserved();
      await store.holdForPayment(one.order.id, UNTIL);
      const time = state === 'paid' ? { paidAt: MOVED_AT } : { endedAt: MOVED_AT };
      const moved: Order = { ...one.order, state, ...time };
      expect(await other.transition(state, [one.order.id], MOVED_AT)).toStrictEqual([moved]);
      expect(await store.order(one.order.id)).toStrictEqual(moved);
      expect(await store.holdForPayment(one.order.id, UNTIL)).toStrictEqual(moved);
      await store.endHold(one.order.id);
    });

    test.each(['', 'no-such-order', nextOrderId()])('has to be stored: %j is not', async (orderId) => {
      expect(await harness().store.holdForPayment(orderId, UNTIL)).toBeUndefined();
      await harness().store.endHold(orderId);
    });
  });

  describe('a capture of an order that had ended', () => {
    test('shall buy its tickets again, and is not to be given back', async () => {
      const { store, other } = harness();
      const { one, capture, result } = await late([1, 2]);
      const order: Order = { ...one.order, state: 'expired', endedAt: MOVED_AT };
      expect(result).toStrictEqual({ kind: 'rebookingDue', order });
      expect(await other.capture({ ...capture, eventId: `${capture.eventId}-again` })).toStrictEqual(result);
      expect(await other.rebookingsDue(100_000)).toContainEqual({ paymentId: capture.paymentId, order });
      expect(await refundsOf(store, one)).toEqual([]);
      const money = { revenue: 0, captured: capture.amount.amount, givenBack: 0, refunded: 0, mismatched: 0 };
      expect(await other.money(order.saleId)).toStrictEqual(money);
    });

    test('pays the order that it has bought, which is connected with the one that had ended', async () => {
      const { store, other } = harness();
      const { one, capture } = await late();
      const next = await successor(one);
      expect(await store.rebooked(capture.paymentId, next.order.id, MOVED_AT + 5)).toBe('paid');
      expect(await other.rebooked(capture.paymentId, next.order.id, MOVED_AT + 9)).toBe('paid');
      const paid: Order = { ...next.order, state: 'paid', paidAt: MOVED_AT + 5, rebookOf: one.order.id };
      expect(await other.order(next.order.id)).toStrictEqual(paid);
      expect(await other.order(one.order.id)).toMatchObject({ state: 'expired', rebookedAs: next.order.id });
      expect(await other.capture(capture)).toStrictEqual({ kind: 'paid', order: paid });
      expect((await store.rebookingsDue(100_000)).map(({ paymentId }) => paymentId)).not.toContain(capture.paymentId);
      expect(await refundsOf(store, one, next)).toEqual([]);
      const { amount } = capture.amount;
      const money = { revenue: amount, captured: amount, givenBack: 0, refunded: 0, mismatched: 0 };
      expect(await store.money(one.order.saleId)).toStrictEqual(money);
    });

    test('is given back if it can’t buy tickets, which the order shows', async () => {
      const { store, other } = harness();
      const { one, capture } = await late();
      await store.notRebooked(capture.paymentId);
      await other.notRebooked(capture.paymentId);
      await store.notRebooked('no-such-payment');
      expect(await other.capture(capture)).toMatchObject({ kind: 'refundDue' });
      expect(await refundsOf(other, one)).toEqual([refundDueOf(capture)]);
      expect(await other.order(one.order.id)).toMatchObject({ state: 'expired', refunded: capture.amount });
      const { amount } = capture.amount;
      const money = { revenue: 0, captured: amount, givenBack: amount, refunded: 1, mismatched: 0 };
      expect(await store.money(one.order.saleId)).toStrictEqual(money);
    });

    test.each(['cancelled', 'expired'] as const)(
      'is given back if the order that it has bought was %s before it was paid',
      async (state) => {
        const { store, other } = harness();
        const { one, capture } = await late();
        const next = await successor(one);
        await move(other, state, next);
        expect(await store.rebooked(capture.paymentId, next.order.id, MOVED_AT)).toBe('refundDue');
        expect(await other.rebooked(capture.paymentId, next.order.id, MOVED_AT)).toBe('refundDue');
        expect(await refundsOf(other, one, next)).toEqual([refundDueOf(capture)]);
        expect(await store.order(one.order.id)).toMatchObject({ refunded: capture.amount });
        expect((await store.order(next.order.id))?.rebookOf).toBeUndefined();
      },
    );

    test('and another one: one of them pays, the other is given back', async () => {
      const { store, other } = harness();
      const { one, capture } = await late();
      const second = newCapture(one);
      expect(await store.capture(second)).toMatchObject({ kind: 'rebookingDue' });
      const next = await successor(one);
      const results = await Promise.all([
        store.rebooked(capture.paymentId, next.order.id, MOVED_AT),
        other.rebooked(second.paymentId, next.order.id, MOVED_AT),
      ]);
      expect(results.toSorted()).toEqual(['paid', 'refundDue']);
      expect(await refundsOf(store, one, next)).toHaveLength(1);
      const { amount } = capture.amount;
      expect(await store.money(one.order.saleId)).toMatchObject({ revenue: amount, captured: 2 * amount });
    });

    test('waits for the order that it has bought to be stored', async () => {
      const { store } = harness();
      const { capture } = await late();
      for (const orderId of ['', nextOrderId()]) {
        expect(await store.rebooked(capture.paymentId, orderId, MOVED_AT)).toBe('unknown');
      }
      expect(await store.rebooked('no-such-payment', nextOrderId(), MOVED_AT)).toBe('unknown');
      expect((await store.rebookingsDue(100_000)).map(({ paymentId }) => paymentId)).toContain(capture.paymentId);
    });

    test('owes the queue nothing more than the order did', async () => {
      const { one, capture } = await late();
      await harness().store.returned([one.order.id]);
      await harness().store.notRebooked(capture.paymentId);
      expect(await owedOf(harness().store, one.order.saleId)).toEqual([]);
    });
  });
}
