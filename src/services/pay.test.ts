import { describe, expect, it } from 'vitest';
import { ADMIN, ANN, BOB, createOrdersRig, failing, GRACE_MS } from '../../test/support/orders-rig.ts';
import { Fault } from '../domain/errors.ts';

const UNAVAILABLE = new Fault('unavailable', 'down');

describe('paying an order', () => {
  it('charges it, and returns the order as the provider’s message left it', async () => {
    const { orders, reserve, settle, charged, published, clock } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    clock.advance(5);
    const paid = { ...order, state: 'paid', paidAt: clock.now() };
    expect(await orders.pay(order.id, ANN)).toEqual({ kind: 'ok', order: paid });
    expect(charged).toEqual([order.id]);
    expect(published).toEqual([{ type: 'orders', orders: [paid] }]);
  });

  it('works before a worker has stored it, and the worker’s late insertion changes nothing', async () => {
    const { orders, reserve, settle, store } = await createOrdersRig();
    const order = await reserve('ann');
    expect(await orders.pay(order.id, ANN)).toMatchObject({ kind: 'ok' });
    expect(await settle(order)).toMatchObject({ stored: 0, repeated: 1 });
    expect(await store.order(order.id)).toMatchObject({ state: 'paid' });
  });

  it('is idempotent, and charges once', async () => {
    const { orders, reserve, charged } = await createOrdersRig();
    const order = await reserve('ann');
    const first = await orders.pay(order.id, ANN);
    expect(await orders.pay(order.id, ANN)).toEqual(first);
    expect(charged).toEqual([order.id]);
  });

  it.each(['cancelled', 'expired'] as const)('is refused once it is %s, and nothing is charged', async (state) => {
    const { orders, reserve, settle, store, clock, charged } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    await store.transition(state, [order.id], clock.now());
    expect(await orders.pay(order.id, ANN)).toEqual({ kind: 'refused', order: await store.order(order.id) });
    expect(charged).toEqual([]);
  });

  it('is for the buyer and admins', async () => {
    const { orders, reserve, newId, charged } = await createOrdersRig();
    const order = await reserve('ann');
    expect(await orders.pay(order.id, BOB)).toEqual({ kind: 'unknown' });
    expect(await orders.pay(newId(), ANN)).toEqual({ kind: 'unknown' });
    expect(charged).toEqual([]);
    expect(await orders.pay(order.id, ADMIN)).toMatchObject({ kind: 'ok' });
  });

  it('keeps an order whose payment begins in time for the grace, until the message comes', async () => {
    const { orders, reserve, payments, store, webhook, clock } = await createOrdersRig();
    const order = await reserve('ann');
    payments.charge = async () => undefined;
    clock.advance(order.payBy - clock.now() - 1);
    await expect(orders.pay(order.id, ANN)).rejects.toMatchObject({ code: 'timeout' });
    expect(await store.order(order.id)).toEqual({ ...order, heldUntil: order.payBy + GRACE_MS });
    expect(await store.due('sale-1', order.payBy + GRACE_MS - 1, 9)).toEqual([]);
    expect(await webhook(order.id)).toBe('received');
    expect(await store.order(order.id)).toMatchObject({ state: 'paid' });
  });

  it('is refused for an order that ended while it was read, and nothing is charged', async () => {
    const { orders, reserve, settle, store, clock, charged } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    const hold = store.holdForPayment.bind(store);
    store.holdForPayment = async (...args) => {
      await store.transition('cancelled', [order.id], clock.now());
      return hold(...args);
    };
    expect(await orders.pay(order.id, ANN)).toMatchObject({ kind: 'refused', order: { state: 'cancelled' } });
    expect(charged).toEqual([]);
  });

  it('waits for a late message', async () => {
    const { orders, reserve, payments, webhook, store } = await createOrdersRig();
    const order = await reserve('ann');
    payments.charge = async () => undefined;
    const read = store.order.bind(store);
    let reads = 0;
    store.order = async (orderId) => {
      reads += 1;
      if (reads === 6) await webhook(orderId);
      return read(orderId);
    };
    expect(await orders.pay(order.id, ANN)).toMatchObject({ kind: 'ok', order: { state: 'paid' } });
  });

  it('is refused when it was cancelled during the charge', async () => {
    const { orders, reserve, payments } = await createOrdersRig();
    const order = await reserve('ann');
    payments.charge = async ({ id }) => void (await orders.cancel(id, ANN));
    expect(await orders.pay(order.id, ANN)).toMatchObject({ kind: 'refused', order: { state: 'cancelled' } });
  });

  it('is a retryable fault when no message has arrived within 3 s', async () => {
    const { orders, reserve, payments, clock } = await createOrdersRig();
    const order = await reserve('ann');
    payments.charge = async () => undefined;
    const before = clock.monotonic();
    await expect(orders.pay(order.id, ANN)).rejects.toMatchObject({ code: 'timeout', retryable: true });
    const waited = clock.monotonic() - before;
    expect(waited).toBeGreaterThanOrEqual(3000);
    expect(waited).toBeLessThan(3300);
  });

  it('is a fault when the provider is unavailable, and can be retried', async () => {
    const { orders, reserve, payments } = await createOrdersRig();
    const order = await reserve('ann');
    const real = payments.charge;
    failing(payments, 'charge', UNAVAILABLE);
    await expect(orders.pay(order.id, ANN)).rejects.toBe(UNAVAILABLE);
    payments.charge = real;
    expect(await orders.pay(order.id, ANN)).toMatchObject({ kind: 'ok' });
  });
});
