import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { ADMIN, ANN, BOB, createOrdersRig } from '../../test/support/orders-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';
import { createIdSource } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import type { Sale } from '../domain/sale.ts';

/** The rig, which records queries of the store and the queue. */
async function rig(sales?: readonly Sale[]) {
  const made = await createOrdersRig(sales);
  const { store, queue } = made;
  const limits: number[] = [];
  const found: string[] = [];
  const list = store.orders.bind(store);
  const find = queue.find.bind(queue);
  store.orders = (query) => {
    limits.push(query.limit);
    return list(query);
  };
  queue.find = (saleId, orderId) => {
    found.push(saleId);
    return find(saleId, orderId);
  };
  return { ...made, found, limits };
}

const DAY_MS = 24 * 3_600_000;

/** A sale that is over, one that sells, and one to come. */
function salesOfThreeTimes() {
  const { opensAt, closesAt } = aSale();
  const long = closesAt - opensAt + 3_600_000;
  const sales = [
    aSale({ id: 'before', opensAt: opensAt - long, closesAt: closesAt - long }),
    aSale({ id: 'now' }),
    aSale({ id: 'after', opensAt: opensAt + long, closesAt: closesAt + long }),
  ];
  return { sales };
}

describe('an order', () => {
  it('is found in the store without asking the queue', async () => {
    const { orders, reserve, settle, found } = await rig();
    const order = await reserve('ann');
    await settle(order);
    expect(await orders.find(order.id, ANN)).toEqual(order);
    expect(found).toEqual([]);
  });

  it('is found before it is stored, exactly as it will be stored', async () => {
    const { orders, reserve, settle } = await rig();
    const order = await reserve('ann');
    const early = await orders.find(order.id, ANN);
    await settle(order);
    expect(JSON.stringify(early)).toBe(JSON.stringify(await orders.find(order.id, ANN)));
    expect(early).toEqual(order);
  });

  it('is not reported as unknown when the queue has lost the sale: its record may not be stored yet', async () => {
    const { orders, reserve, settle, queue } = await rig();
    const order = await reserve('ann');
    queue.find = async () => undefined;
    queue.stock = async () => undefined;
    await expect(orders.find(order.id, ANN)).rejects.toMatchObject({ code: 'fenced' });
    await expect(orders.pay(order.id, ANN)).rejects.toMatchObject({ code: 'fenced' });
    await settle(order);
    expect(await orders.find(order.id, ANN)).toEqual(order);
  });

  it('is not searched for in an archived sale, which has none that is not stored: its queue has been freed', async () => {
    const archived = aSale({ id: 'archived', status: 'archived' });
    const { orders, queue, newId } = await rig([archived]);
    await queue.remove(archived.id);
    expect(await orders.find(newId(), ANN)).toBeUndefined();
  });

  it('is found in the right one of several sales that were open at its time', async () => {
    const sales = ['a', 'b', 'c'].map((id) => aSale({ id, productId: `product-${id}` }));
    const { orders, reserve } = await rig(sales);
    const order = await reserve('ann', sales[1]);
    expect(await orders.find(order.id, ANN)).toMatchObject({ saleId: 'b', productId: 'product-b' });
  });

  it('is searched for first in the sales of its time, then in all others', async () => {
    const { sales } = salesOfThreeTimes();
    const { orders, reserve, newId, found } = await rig(sales);
    const order = await reserve('ann', sales[1]);
    expect(await orders.find(order.id, ANN)).toEqual(order);
    expect(found).toEqual(['now']);
    found.length = 0;
    expect(await orders.find(newId(), ANN)).toBeUndefined();
    expect(found).toEqual(['now', 'after', 'before']);
  });

  it.each([
    ['ten minutes ahead', 10 * 60_000],
    ['a year ahead', 365 * 24 * 3_600_000],
    ['an hour behind', -3_600_000],
  ])('is found, paid and cancelled although its id is of a clock that was %s', async (_what, offMs) => {
    const { opensAt, closesAt } = aSale();
    const at = offMs > 0 ? closesAt - 1 : opensAt;
    const { orders, queue, webhook, store } = await rig();
    const newId = createIdSource({ node: 1, now: () => at + offMs });
    const ids = Array.from({ length: 4 }, newId);
    const [seen = '', paid = '', cancelled = '', captured = ''] = ids;
    await queue.reserve(
      'sale-1',
      1,
      ids.map((orderId) => ({ orderId, userId: 'ann', key: `o:${orderId}`, fingerprint: '{}', quantity: 1 })),
    );
    expect(await orders.find(seen, ANN)).toMatchObject({ id: seen, state: 'reserved' });
    expect(await orders.find(seen, BOB)).toBeUndefined();
    expect(await orders.pay(paid, ANN)).toMatchObject({ kind: 'ok', order: { state: 'paid' } });
    expect(await orders.cancel(cancelled, ANN)).toMatchObject({ kind: 'ok', order: { state: 'cancelled' } });
    expect(await webhook(captured)).toBe('received');
    expect(await store.order(captured)).toMatchObject({ state: 'paid' });
  });

  it('is found although another sale can’t be asked, and is not called unknown before all were', async () => {
    const sales = ['a', 'b', 'c'].map((id) => aSale({ id }));
    const { orders, queue, reserve, newId } = await rig(sales);
    const order = await reserve('ann', sales[2]);
    const find = queue.find;
    queue.find = async (saleId, orderId) => {
      if (saleId === 'a') throw new Fault('unavailable', 'down');
      return find(saleId, orderId);
    };
    expect(await orders.find(order.id, ANN)).toEqual(order);
    await expect(orders.find(newId(), ANN)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is not reported as unknown when the queue has lost a sale of another time that is still rebuilt', async () => {
    const { sales } = salesOfThreeTimes();
    const { orders, queue, newId, clock } = await rig(sales);
    const orderId = newId();
    const stock = queue.stock.bind(queue);
    queue.stock = async (saleId) => (saleId === 'before' ? undefined : stock(saleId));
    await expect(orders.find(orderId, ANN)).rejects.toMatchObject({ code: 'fenced' });
    clock.advance(10 * DAY_MS);
    expect(await orders.find(orderId, ANN)).toBeUndefined();
  });

  it('is searched for in sales of another time by few requests at once', async () => {
    const { sales } = salesOfThreeTimes();
    const { orders, queue, newId } = await rig(sales);
    const answers: (() => void)[] = [];
    let wide = 0;
    queue.find = async (saleId) => {
      if (saleId !== 'before') return undefined;
      wide += 1;
      await new Promise<void>((resolve) => answers.push(resolve));
      return undefined;
    };
    // Each by another user, who have a share of their own.
    const lookups = Array.from({ length: 20 }, (_, n) => orders.find(newId(), { ...ANN, userId: `user-${n}` }));
    await vi.waitFor(() => expect(wide).toBe(4));
    let done = 0;
    for (const lookup of lookups) void lookup.then(() => (done += 1));
    while (done < lookups.length) {
      expect(answers.length).toBeLessThanOrEqual(4);
      for (const answer of answers.splice(0)) answer();
      await setImmediate();
    }
    expect(wide).toBe(20);
  });

  it('is found although the clocks of front and queue differ a little', async () => {
    const { opensAt } = aSale();
    const { orders, queue } = await rig();
    const orderId = createIdSource({ node: 1, now: () => opensAt - 59_000 })();
    await queue.reserve('sale-1', 1, [{ orderId, userId: 'ann', key: 'k:1', fingerprint: '{}', quantity: 1 }]);
    expect(await orders.find(orderId, ANN)).toMatchObject({ id: orderId });
  });

  it('that was stored and released between the queries of store and queue is found by the last one', async () => {
    const { orders, reserve, settle, queue, store, newId } = await rig();
    const order = await reserve('ann');
    await queue.release('sale-1', [order.id]);
    const real = store.order.bind(store);
    let reads = 0;
    store.order = async (orderId) => {
      reads += 1;
      if (reads === 2) await settle(order);
      return real(orderId);
    };
    expect(await orders.find(order.id, ANN)).toEqual(order);
    expect(await orders.find(newId(), ANN)).toBeUndefined();
  });

  it.each(['stored', 'unstored'])('of another buyer is unknown, except to an admin: %s', async (how) => {
    const { orders, reserve, settle } = await rig();
    const order = await reserve('ann');
    if (how === 'stored') await settle(order);
    expect(await orders.find(order.id, BOB)).toBeUndefined();
    expect(await orders.find(order.id, ADMIN)).toEqual(order);
  });

  it('with an invalid id is unknown, without any query', async () => {
    const { orders, found } = await rig();
    expect(await orders.find("' OR 1=1", ADMIN)).toBeUndefined();
    expect(found).toEqual([]);
  });
});

describe('the list of orders', () => {
  it('has the viewer’s own orders, newest first, page by page', async () => {
    const { orders, reserve, settle, clock } = await rig();
    const own: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const order = await reserve('ann');
      await settle(order, await reserve('bob'));
      own.unshift(order.id);
      clock.advance(1);
    }
    const first = await orders.list({ limit: 3 }, ANN);
    expect([first.items.map(({ id }) => id), first.next]).toEqual([own.slice(0, 3), own[2]]);
    const second = await orders.list({ limit: 3, before: own[2] ?? '' }, ANN);
    expect([second.items.map(({ id }) => id), second.next]).toEqual([own.slice(3), undefined]);
  });

  it('names no next page when the last one is exactly full', async () => {
    const { orders, reserve, settle } = await rig();
    await settle(await reserve('ann'), await reserve('ann'));
    expect((await orders.list({ limit: 2 }, ANN)).next).toBeUndefined();
  });

  it('can be limited to one sale or one state', async () => {
    const sales = ['a', 'b'].map((id) => aSale({ id }));
    const { orders, reserve, settle } = await rig(sales);
    await settle(await reserve('ann', sales[0]), await reserve('ann', sales[1]));
    const { items } = await orders.list({ limit: 9, saleId: 'b' }, ANN);
    expect(items.map(({ saleId }) => saleId)).toEqual(['b']);
    expect((await orders.list({ limit: 9, state: 'paid' }, ANN)).items).toEqual([]);
    expect((await orders.list({ limit: 9, state: 'reserved' }, ANN)).items).toHaveLength(2);
  });

  it('never exceeds the store’s limit per query, and still finds what follows a full page', async () => {
    const { orders, reserve, settle, limits } = await rig();
    const all: Order[] = [];
    for (let n = 0; n < 201; n += 1) all.push(await reserve('ann'));
    await settle(...all);
    const { items, next } = await orders.list({ limit: 200 }, ANN);
    expect([items.length, next]).toEqual([200, all[1]?.id]);
    expect((await orders.list({ limit: 200, before: next ?? '' }, ANN)).items.map(({ id }) => id)).toEqual([
      all[0]?.id,
    ]);
    expect(Math.max(...limits)).toBeLessThanOrEqual(201);
  });
});
