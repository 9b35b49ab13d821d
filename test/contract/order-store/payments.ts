import { describe, expect, test } from 'vitest';
import { type Order, totalOf } from '../../../src/domain/order.ts';
import type { Capture, RefundDue } from '../../../src/ports/order-payments.ts';
import type { NewOrder, OrderStore } from '../../../src/ports/order-store.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { MOVED_AT, move, type OrderStoreHarness, owedOf, put } from './harness.ts';

let payments = 0;

/** A new payment and its event. */
export function newCapture(one: NewOrder, parts: Partial<Capture> = {}): Capture {
  payments += 1;
  const ids = { eventId: `evt_${payments}`, paymentId: `pay_${payments}`, orderId: one.order.id };
  return { ...ids, amount: totalOf(one.order), at: MOVED_AT, ...parts };
}

/** The refund of all that a payment took. */
export function refundDueOf({ paymentId, orderId, amount }: Capture): RefundDue {
  return { id: paymentId, kind: 'payment', paymentId, orderId, amount };
}

export async function refundsOf(store: OrderStore, ...orders: readonly NewOrder[]): Promise<readonly RefundDue[]> {
  const ids = new Set(orders.map(({ order }) => order.id));
  return (await store.refundsDue(100_000)).filter(({ orderId }) => ids.has(orderId));
}

/** Captures and refunds. */
export function orderStorePayments(harness: () => OrderStoreHarness): void {
  async function reserved(saleId = nextSaleId(), ticket = 1): Promise<NewOrder> {
    const one = newOrder({ saleId, tickets: [ticket] });
    await put(harness().store, one);
    return one;
  }

  describe('a capture', () => {
    test('pays a reserved order, and has the same result when repeated', async () => {
      const { store, other } = harness();
      const one = await reserved();
      const capture = newCapture(one);
      const order: Order = { ...one.order, state: 'paid', paidAt: MOVED_AT };
      expect(await store.capture(capture)).toStrictEqual({ kind: 'paid', order });
      expect(await other.capture({ ...capture, at: MOVED_AT + 1 })).toStrictEqual({ kind: 'paid', order });
      expect(await other.order(order.id)).toStrictEqual(order);
      expect(await refundsOf(store, one)).toEqual([]);
      expect(await owedOf(store, order.saleId)).toEqual([]);
    });

    test('of an order that was cancelled has to be refunded', async () => {
      const { store, other } = harness();
      const one = await reserved();
      await move(store, 'cancelled', one);
      const capture = newCapture(one);
      const refunded = one.order.price;
      const order: Order = { ...one.order, state: 'cancelled', endedAt: MOVED_AT, refunded };
      expect(await store.capture(capture)).toStrictEqual({ kind: 'refundDue', order });
      expect(await other.capture(capture)).toStrictEqual({ kind: 'refundDue', order });
      const due = refundDueOf(capture);
      expect(await other.refundsDue(100_000)).toContainEqual(due);
      expect(await refundsOf(store, one)).toStrictEqual([due]);
    });

    test('of a rejected order shall buy its tickets again', async () => {
      const { store } = harness();
      const winner = await reserved();
      const loser = newOrder({ saleId: winner.order.saleId, tickets: [1] });
      await put(store, loser);
      expect(await store.capture(newCapture(loser))).toMatchObject({
        kind: 'rebookingDue',
        order: { state: 'rejected' },
      });
    });

    test('of an order that another payment has paid has to be refunded, and the first one remains', async () => {
      const { store } = harness();
      const one = await reserved();
      const [first, second] = [newCapture(one), newCapture(one, { at: MOVED_AT + 5 })];
      await store.capture(first);
      expect(await store.capture(second)).toMatchObject({ kind: 'refundDue', order: { paidAt: MOVED_AT } });
      expect((await refundsOf(store, one)).map(({ paymentId }) => paymentId)).toEqual([second.paymentId]);
      expect(await store.capture(first)).toMatchObject({ kind: 'paid' });
    });

    test('of an order that was paid without one has to be refunded', async () => {
      const { store } = harness();
      const one = await reserved();
      await move(store, 'paid', one);
      expect(await store.capture(newCapture(one))).toMatchObject({ kind: 'refundDue', order: { state: 'paid' } });
    });

    test('that another event repeats is the same capture', async () => {
      const { store } = harness();
      const one = await reserved();
      const capture = newCapture(one);
      await store.capture(capture);
      expect(await store.capture({ ...capture, eventId: `${capture.eventId}-again` })).toMatchObject({ kind: 'paid' });
      expect(await refundsOf(store, one)).toEqual([]);
    });

    test('whose event is known has the result of that event', async () => {
      const { store } = harness();
      const [one, two] = [await reserved(), await reserved()];
      const capture = newCapture(one);
      await store.capture(capture);
      const reused = newCapture(two, { eventId: capture.eventId });
      expect(await store.capture(reused)).toMatchObject({ kind: 'paid', order: { id: one.order.id } });
      expect((await store.order(two.order.id))?.state).toBe('reserved');
    });

    test('of an unknown order records nothing', async () => {
      const { store } = harness();
      const late = newOrder({ saleId: nextSaleId(), tickets: [1] });
      const capture = newCapture(late);
      expect(await store.capture(capture)).toEqual({ kind: 'unknownOrder' });
      for (const orderId of ['', 'no-such-order', nextOrderId()]) {
        expect(await store.capture({ ...capture, orderId })).toEqual({ kind: 'unknownOrder' });
      }
      await put(store, late);
      expect(await store.capture(capture)).toMatchObject({ kind: 'paid', order: { id: late.order.id } });
    });

    test('distinguishes ids that differ in case or in trailing spaces only', async () => {
      const { store } = harness();
      const saleId = nextSaleId();
      for (const [i, name] of ['name', 'Name', 'name ', 'náme', 'na\u0301me', 'x'.repeat(255)].entries()) {
        const one = await reserved(saleId, i + 1);
        const names = { eventId: `e ${name}`.slice(0, 255), paymentId: name };
        expect(await store.capture(newCapture(one, names))).toMatchObject({
          kind: 'paid',
          order: { id: one.order.id },
        });
        expect(await store.capture(newCapture(one, names))).toMatchObject({
          kind: 'paid',
          order: { id: one.order.id },
        });
      }
    });

    test.each([
      { eventId: '' },
      { paymentId: '' },
      { eventId: 'x'.repeat(256) },
      { paymentId: 'x'.repeat(256) },
      { amount: { amount: -1, currency: 'USD' } },
      { amount: { amount: 2 ** 53, currency: 'USD' } },
      { amount: { amount: 12_999, currency: 'USDT' } },
    ])('with an id that cannot be stored is rejected', async (parts) => {
      const one = await reserved();
      await expect(harness().store.capture(newCapture(one, parts))).rejects.toMatchObject({ code: 'corrupt' });
      expect((await harness().store.order(one.order.id))?.state).toBe('reserved');
    });
  });

  describe('refunds', () => {
    test('are due oldest first, until they were made', async () => {
      const { store, other } = harness();
      for (const one of await store.refundsDue(100_000)) await store.refunded(one, MOVED_AT);
      const one = await reserved();
      await move(store, 'cancelled', one);
      const [late, early] = [newCapture(one, { at: MOVED_AT + 9 }), newCapture(one, { at: MOVED_AT + 1 })];
      await store.capture(late);
      await store.capture(early);
      const due = async (limit: number) => (await other.refundsDue(limit)).map(({ paymentId }) => paymentId);
      expect(await due(100)).toEqual([early.paymentId, late.paymentId]);
      expect(await due(1)).toEqual([early.paymentId]);
      await store.refunded(refundDueOf(early), MOVED_AT + 20);
      await store.refunded({ id: 'no-such-payment', kind: 'payment' }, MOVED_AT + 20);
      await store.refunded({ ...refundDueOf(late), kind: 'request' }, MOVED_AT + 20);
      expect(await due(100)).toEqual([late.paymentId]);
      expect(await store.capture(early)).toMatchObject({ kind: 'refundDue' });
      expect(await due(100)).toEqual([late.paymentId]);
    });

    test('are never due for a payment that pays its order', async () => {
      const { store } = harness();
      const one = await reserved();
      const capture = newCapture(one);
      await store.capture(capture);
      await store.refunded(refundDueOf(capture), MOVED_AT);
      expect(await store.capture(capture)).toMatchObject({ kind: 'paid' });
      expect(await store.money(one.order.saleId)).toEqual({
        revenue: one.order.price.amount,
        captured: one.order.price.amount,
        givenBack: 0,
        refunded: 0,
        mismatched: 0,
      });
    });
  });

  test.each([
    [[2 ** 52, 2 ** 52 - 1], Number.MAX_SAFE_INTEGER],
    [[2 ** 53 - 1, 1], Number.MAX_SAFE_INTEGER],
    [[2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1], Number.MAX_SAFE_INTEGER],
    [Array.from({ length: 1_100 }, () => 2 ** 53 - 1), Number.MAX_SAFE_INTEGER],
  ])('adds up prices exactly, and beyond 2^53 and 2^63 as the greatest exact number (%#)', async (prices, revenue) => {
    const { store, other } = harness();
    const saleId = nextSaleId();
    const orders = prices.map((amount, i) =>
      newOrder({ saleId, tickets: [i + 1], price: { amount, currency: 'IRR' } }),
    );
    await put(store, ...orders);
    for (let i = 0; i < orders.length; i += 1_000) await move(store, 'paid', ...orders.slice(i, i + 1_000));
    expect((await other.money(saleId)).revenue).toBe(revenue);
  });

  test('adds up the prices of a sale’s paid orders, and counts refunds that were made or are due', async () => {
    const { store, other } = harness();
    const saleId = nextSaleId();
    const orders = [1, 2, 3, 4].map((ticket) =>
      newOrder({ saleId, tickets: [ticket], price: { amount: ticket * 1_000, currency: 'EUR' } }),
    ) as [NewOrder, NewOrder, NewOrder, NewOrder];
    await put(store, ...orders, newOrder({ saleId: nextSaleId(), tickets: [1] }));
    await store.capture(newCapture(orders[0]));
    await move(store, 'paid', orders[1]);
    await move(store, 'cancelled', orders[2]);
    const [back, due] = [newCapture(orders[2]), newCapture(orders[0])];
    await store.capture(back);
    await store.capture(due);
    await store.refunded(refundDueOf(back), MOVED_AT);
    const money = { revenue: 3_000, captured: 5_000, givenBack: 4_000, refunded: 2, mismatched: 0 };
    expect(await other.money(saleId)).toStrictEqual(money);
    const none = { revenue: 0, captured: 0, givenBack: 0, refunded: 0, mismatched: 0 };
    expect(await other.money('no-such-sale')).toStrictEqual(none);
  });
}
