import { describe, expect, it } from 'vitest';
import { ANN, createOrdersRig, failing } from '../../test/support/orders-rig.ts';
import { Fault } from '../domain/errors.ts';

describe("the provider's message", () => {
  it('pays the order and tells of it; the same message again changes nothing', async () => {
    const { webhook, reserve, settle, store, clock, told, notices } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    expect(await webhook(order.id)).toBe('received');
    const paid = { ...order, state: 'paid', paidAt: clock.now() };
    clock.advance(1000);
    expect(await webhook(order.id)).toBe('received');
    expect(await store.order(order.id)).toEqual(paid);
    expect(told).toContainEqual({ type: 'orders', orders: [paid] });
    expect(notices.map(({ kind }) => kind)).toEqual(['paid', 'paid']);
    expect(await store.money('sale-1')).toEqual({ revenue: order.price.amount, refunded: 0 });
  });

  it('pays an order that no worker has stored yet', async () => {
    const { webhook, reserve, settle, store } = await createOrdersRig();
    const order = await reserve('ann');
    expect(await webhook(order.id)).toBe('received');
    expect(await settle(order)).toMatchObject({ stored: 0, repeated: 1 });
    expect(await store.order(order.id)).toMatchObject({ state: 'paid' });
  });

  it('that comes too late makes a refund due, and the order stays as it is', async () => {
    const { webhook, orders, reserve, store, notices } = await createOrdersRig();
    const order = await reserve('ann');
    await orders.cancel(order.id, ANN);
    expect(await webhook(order.id)).toBe('received');
    expect(notices).toMatchObject([{ kind: 'refundDue', order: { id: order.id, state: 'cancelled' } }]);
    expect(await store.refundsDue(10)).toEqual([
      { paymentId: `pay_${order.id}`, orderId: order.id, price: order.price },
    ]);
  });

  it.each(['an order id that was never given', '', "' OR 1=1"])(
    'about what was never sold (%s) is received, for it will never be known, and told',
    async (what) => {
      const { webhook, newId, notices } = await createOrdersRig();
      expect(await webhook(what.startsWith('an order') ? newId() : what)).toBe('received');
      expect(notices).toMatchObject([{ kind: 'unknownOrder' }]);
    },
  );

  it.each(['unavailable', 'fenced'] as const)(
    'has to come again while the queue is %s and may know the order',
    async (code) => {
      const { webhook, reserve, queue, store, notices } = await createOrdersRig();
      const order = await reserve('ann');
      const find = queue.find;
      failing(queue, 'find', new Fault(code, 'gone'));
      await expect(webhook(order.id)).rejects.toMatchObject({ code });
      expect([notices, await store.order(order.id)]).toEqual([[], undefined]);
      queue.find = find;
      expect(await webhook(order.id)).toBe('received');
      expect(await store.order(order.id)).toMatchObject({ state: 'paid' });
    },
  );

  it('that is not the provider’s is refused, and nothing is read from it', async () => {
    const { webhook, reserve, notices, store, settle } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    expect(await webhook(order.id, 'bad')).toBe('signature');
    expect([notices, await store.order(order.id)]).toEqual([[], order]);
  });

  it('of another kind is received and changes nothing', async () => {
    const { webhook, reserve, settle, store, payments, notices } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    payments.read = () => ({ id: 'evt_1', type: 'other', paymentId: 'pay_1', orderId: order.id });
    expect(await webhook(order.id)).toBe('received');
    expect(notices).toMatchObject([{ kind: 'ignored' }]);
    expect(await store.order(order.id)).toEqual(order);
  });
});
