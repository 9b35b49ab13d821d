import { describe, expect, it } from 'vitest';
import { ANN, createOrdersRig, failing } from '../../test/support/orders-rig.ts';
import { Fault } from '../domain/errors.ts';

describe("the provider's message", () => {
  it('marks the order as paid and publishes it; a repeated message changes nothing', async () => {
    const { webhook, reserve, settle, store, clock, published, notices } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    expect(await webhook(order.id)).toBe('received');
    const paid = { ...order, state: 'paid', paidAt: clock.now() };
    clock.advance(1000);
    expect(await webhook(order.id)).toBe('received');
    expect(await store.order(order.id)).toEqual(paid);
    expect(published).toContainEqual({ type: 'orders', orders: [paid] });
    expect(notices.map(({ kind }) => kind)).toEqual(['paid', 'paid']);
    expect(await store.money('sale-1')).toMatchObject({ revenue: order.price.amount, refunded: 0 });
  });

  it('marks an order as paid that no worker has stored yet', async () => {
    const { webhook, reserve, settle, store } = await createOrdersRig();
    const order = await reserve('ann');
    expect(await webhook(order.id)).toBe('received');
    expect(await settle(order)).toMatchObject({ stored: 0, repeated: 1 });
    expect(await store.order(order.id)).toMatchObject({ state: 'paid' });
  });

  it.each(['1 JPY', '0 USD', '12998 USD', '13000 USD', '12999 EUR'])(
    'of %s for an order of 129.99 USD pays nothing and makes a refund due; the right one still pays',
    async (captured) => {
      const { webhook, orders, reserve, store, notices, published, charged } = await createOrdersRig();
      const order = await reserve('ann');
      expect(await webhook(`${order.id} ${captured}`)).toBe('received');
      expect(await store.order(order.id)).toEqual(order);
      expect(notices).toMatchObject([{ kind: 'mismatch', order: { id: order.id, state: 'reserved' } }]);
      expect(published).toEqual([]);
      expect(await store.refundsDue(10)).toHaveLength(1);
      expect(await store.money('sale-1')).toMatchObject({ revenue: 0, captured: 0, refunded: 1, mismatched: 1 });
      expect(await orders.pay(order.id, ANN)).toMatchObject({ kind: 'ok', order: { state: 'paid' } });
      expect(charged).toEqual([order.id]);
    },
  );

  it('of a cancelled order makes a refund due', async () => {
    const { webhook, orders, reserve, store, notices } = await createOrdersRig();
    const order = await reserve('ann');
    await orders.cancel(order.id, ANN);
    expect(await webhook(order.id)).toBe('received');
    expect(notices).toMatchObject([{ kind: 'refundDue', order: { id: order.id, state: 'cancelled' } }]);
    expect(await store.refundsDue(10)).toEqual([
      { id: `pay_${order.id}`, kind: 'payment', paymentId: `pay_${order.id}`, orderId: order.id, amount: order.price },
    ]);
  });

  it('of an expired order makes a rebooking due, and does not change the order', async () => {
    const { webhook, reserve, settle, store, clock, notices, published } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    const [expired] = await store.transition('expired', [order.id], clock.now());
    expect(await webhook(order.id)).toBe('received');
    expect(notices).toMatchObject([{ kind: 'rebookingDue', order: { id: order.id, state: 'expired' } }]);
    expect(await store.rebookingsDue(10)).toEqual([{ paymentId: `pay_${order.id}`, order: expired }]);
    expect([await store.order(order.id), published]).toEqual([expired, []]);
  });

  it('that a payment has failed gives the order its own deadline again', async () => {
    const { webhook, reserve, settle, store, payments, notices } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    await store.holdForPayment(order.id, order.payBy + 60_000);
    payments.read = () => ({ id: 'evt_1', type: 'failed', paymentId: 'pay_1', orderId: order.id, amount: order.price });
    expect(await webhook(order.id)).toBe('received');
    expect(notices).toMatchObject([{ kind: 'paymentFailed' }]);
    expect(await store.order(order.id)).toEqual(order);
  });

  it('about an order that is not known yet has to be repeated, and then pays it', async () => {
    const { webhook, reserve, queue, notices, store } = await createOrdersRig();
    const order = await reserve('ann');
    const find = queue.find;
    queue.find = async () => undefined;
    expect(await webhook(order.id)).toBe('unknownOrder');
    expect(notices).toMatchObject([{ kind: 'unknownOrder' }]);
    queue.find = find;
    expect(await webhook(order.id)).toBe('received');
    expect(await store.order(order.id)).toMatchObject({ state: 'paid' });
  });

  it('about an order id that was never assigned has to be repeated, too', async () => {
    const { webhook, newId, notices } = await createOrdersRig();
    expect(await webhook(newId())).toBe('unknownOrder');
    expect(notices).toMatchObject([{ kind: 'unknownOrder' }]);
  });

  it.each(['', "' OR 1=1", 'order-42'])(
    'about something that is no order (%s) is received and reported, since a repetition would not help',
    async (what) => {
      const { webhook, notices } = await createOrdersRig();
      expect(await webhook(what)).toBe('received');
      expect(notices).toMatchObject([{ kind: 'foreign' }]);
    },
  );

  it.each(['unavailable', 'fenced'] as const)(
    'has to be repeated while the queue is %s and may have the order',
    async (code) => {
      const { webhook, reserve, queue, store, notices, unhandled } = await createOrdersRig();
      const order = await reserve('ann');
      const find = queue.find;
      failing(queue, 'find', new Fault(code, 'down'));
      await expect(webhook(order.id)).rejects.toMatchObject({ code });
      expect(unhandled).toEqual(['failed']);
      expect([notices, await store.order(order.id)]).toEqual([[], undefined]);
      queue.find = find;
      expect(await webhook(order.id)).toBe('received');
      expect(await store.order(order.id)).toMatchObject({ state: 'paid' });
    },
  );

  it('that is not authentic is refused, and has no effect', async () => {
    const { webhook, reserve, notices, unhandled, store, settle } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    expect(await webhook(order.id, 'bad')).toBe('signature');
    expect(unhandled).toEqual(['refused']);
    expect([notices, await store.order(order.id)]).toEqual([[], order]);
  });

  it('of another kind is received and changes nothing', async () => {
    const { webhook, reserve, settle, store, payments, notices } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    payments.read = () => ({ id: 'evt_1', type: 'other', paymentId: 'pay_1', orderId: order.id, amount: order.price });
    expect(await webhook(order.id)).toBe('received');
    expect(notices).toMatchObject([{ kind: 'ignored' }]);
    expect(await store.order(order.id)).toEqual(order);
  });
});
