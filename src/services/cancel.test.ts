import { describe, expect, it } from 'vitest';
import { ADMIN, ANN, BOB, createOrdersRig, failing } from '../../test/support/orders-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';

const UNAVAILABLE = new Fault('unavailable', 'down');

describe('cancelling an order', () => {
  it('ends it, returns its ticket to the queue and frees the buyer’s limit', async () => {
    const { orders, reserve, settle, queue, store, clock } = await createOrdersRig([aSale({ total: 1 })]);
    const order = await reserve('ann');
    await settle(order);
    clock.advance(5);
    const cancelled = { ...order, state: 'cancelled', endedAt: clock.now() };
    expect(await orders.cancel(order.id, ANN)).toEqual({ kind: 'ok', order: cancelled });
    expect(await store.order(order.id)).toEqual(cancelled);
    expect((await queue.stock('sale-1'))?.remaining).toBe(1);
    expect(await store.owedTickets(10)).toEqual([]);
    expect((await reserve('ann')).tickets).toEqual(order.tickets);
  });

  it('publishes the order and the new stock', async () => {
    const { orders, reserve, queue, published } = await createOrdersRig();
    const order = await reserve('ann');
    const outcome = await orders.cancel(order.id, ANN);
    expect(published).toEqual([
      { type: 'orders', orders: [outcome.kind === 'ok' ? outcome.order : undefined] },
      { type: 'stock', saleId: 'sale-1', stock: await queue.stock('sale-1') },
    ]);
  });

  it('works before a worker has stored it, and the worker’s late insertion changes nothing', async () => {
    const { orders, reserve, settle, store } = await createOrdersRig();
    const order = await reserve('ann');
    expect(await orders.cancel(order.id, ANN)).toMatchObject({ kind: 'ok' });
    const next = await reserve('bob');
    expect(await settle(order, next)).toMatchObject({ stored: 1, repeated: 1, rejected: [] });
    expect(await store.order(order.id)).toMatchObject({ state: 'cancelled' });
  });

  it('is idempotent, and returns the ticket once', async () => {
    const { orders, reserve, queue } = await createOrdersRig();
    const order = await reserve('ann');
    const first = await orders.cancel(order.id, ANN);
    const stock = await queue.stock('sale-1');
    expect(await orders.cancel(order.id, ANN)).toEqual(first);
    expect(await queue.stock('sale-1')).toEqual(stock);
  });

  it.each(['paid', 'expired'] as const)('is refused once it is %s', async (state) => {
    const { orders, reserve, settle, store, queue, clock, published } = await createOrdersRig();
    const order = await reserve('ann');
    await settle(order);
    await store.transition(state, [order.id], clock.now());
    const stock = await queue.stock('sale-1');
    expect(await orders.cancel(order.id, ANN)).toEqual({ kind: 'refused', order: await store.order(order.id) });
    expect(await queue.stock('sale-1')).toEqual(stock);
    expect(published).toEqual([]);
  });

  it('is refused when the database rejects the order on insertion', async () => {
    const { orders, reserve, settle } = await createOrdersRig();
    const order = await reserve('ann');
    await settle({ ...order, id: '00000000000000', userId: 'rival' });
    expect(await orders.cancel(order.id, ANN)).toMatchObject({ kind: 'refused', order: { state: 'rejected' } });
  });

  it('is for the buyer and admins; the request of another user stores and changes nothing', async () => {
    const { orders, reserve, store, newId } = await createOrdersRig();
    const order = await reserve('ann');
    expect(await orders.cancel(order.id, BOB)).toEqual({ kind: 'unknown' });
    expect(await orders.cancel(newId(), ANN)).toEqual({ kind: 'unknown' });
    expect(await store.order(order.id)).toBeUndefined();
    expect(await orders.cancel(order.id, ADMIN)).toMatchObject({ kind: 'ok' });
  });

  it.each([
    ['unavailable', false],
    ['cut off after the release', true],
  ])('succeeds although the queue is %s, and the ticket is still owed', async (_how, after) => {
    const { orders, reserve, queue, store, notReturned, published } = await createOrdersRig();
    const order = await reserve('ann');
    failing(queue, 'release', UNAVAILABLE, after);
    expect(await orders.cancel(order.id, ANN)).toMatchObject({ kind: 'ok', order: { state: 'cancelled' } });
    expect(await store.owedTickets(10)).toEqual([
      { saleId: 'sale-1', orderId: order.id, quantity: 1, heldByOthers: [] },
    ]);
    expect(notReturned).toEqual([order.id]);
    expect(published.map(({ type }) => type)).toEqual(['orders']);
  });

  it('succeeds although the store can’t record that the ticket was returned', async () => {
    const { orders, reserve, queue, store, notReturned } = await createOrdersRig();
    const order = await reserve('ann');
    failing(store, 'returned', UNAVAILABLE);
    expect(await orders.cancel(order.id, ANN)).toMatchObject({ kind: 'ok' });
    expect((await queue.stock('sale-1'))?.remaining).toBe(1000);
    expect([notReturned, await store.owedTickets(10)]).toEqual([
      [order.id],
      [{ saleId: 'sale-1', orderId: order.id, quantity: 1, heldByOthers: [] }],
    ]);
  });

  it.each([false, true])(
    'is a fault when the store fails, after its work: %s; a retry gets the result',
    async (after) => {
      const { orders, reserve, store, queue } = await createOrdersRig();
      const order = await reserve('ann');
      const real = store.transition;
      failing(store, 'transition', UNAVAILABLE, after);
      await expect(orders.cancel(order.id, ANN)).rejects.toBe(UNAVAILABLE);
      expect((await queue.stock('sale-1'))?.remaining).toBe(999);
      store.transition = real;
      expect(await orders.cancel(order.id, ANN)).toMatchObject({ kind: 'ok', order: { state: 'cancelled' } });
    },
  );
});
