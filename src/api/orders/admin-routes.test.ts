import { describe, expect, it } from 'vitest';
import { MemoryOrderStore } from '../../../test/support/fakes/memory-order-store.ts';
import { newOrder } from '../../../test/support/orders.ts';
import { routesWith, tokenOf } from '../../../test/support/route-caller.ts';
import { Fault } from '../../domain/errors.ts';
import type { OrderSearch } from '../../ports/order-store.ts';
import { AdminOrders } from '../../services/admin-orders.ts';

const ALL = '/v1/admin/orders';
const AT = Date.UTC(2026, 10, 30, 12);

function rig(search?: (search: OrderSearch) => Promise<never>) {
  const store = new MemoryOrderStore();
  const faults: unknown[] = [];
  const adminOrders = new AdminOrders({ store: search === undefined ? store : { search } });
  const call = routesWith({ adminOrders, onFault: (fault) => faults.push(fault) });
  const ask = (query = '', role: 'admin' | 'buyer' = 'admin') =>
    call('GET', ALL, { query, authorization: tokenOf('boss', role) });
  const list = async (query = '') => JSON.parse((await ask(query)).body);
  const tickets = async (query = '') =>
    (await list(query)).items.map(({ ticket }: { readonly ticket: number }) => ticket);
  return { store, call, ask, list, tickets, faults };
}

/** Tickets 1 to 5 of the sale `a`, reserved one second after the other, of two buyers; and one of another sale. */
async function stocked() {
  const all = rig();
  const orders = [1, 2, 3, 4, 5].map((ticket) =>
    newOrder({ saleId: 'a', ticket, userId: ticket % 2 === 0 ? 'even' : 'odd', reservedAt: AT + ticket * 1000 }),
  );
  const other = newOrder({ saleId: 'b', ticket: 9, userId: 'even', reservedAt: AT + 9000 });
  await all.store.store({ group: 'g', positions: [], orders: [...orders, other] });
  await all.store.transition('paid', [orders[1]?.order.id ?? ''], AT + 20_000);
  return all;
}

describe('GET /v1/admin/orders', () => {
  it('is for admins only, and not cacheable', async () => {
    const { call, ask } = rig();
    expect((await call('GET', ALL)).status).toBe(401);
    expect((await ask('', 'buyer')).status).toBe(403);
    expect(await ask()).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' }, body: '{"items":[]}' });
  });

  it.each([
    ['', [9, 5, 4, 3, 2, 1]],
    ['sort=reservedAt', [1, 2, 3, 4, 5, 9]],
    ['sort=-reservedAt&saleId=a', [5, 4, 3, 2, 1]],
    ['userId=even', [9, 4, 2]],
    ['userId=even&saleId=a', [4, 2]],
    ['state=paid', [2]],
    ['ticket=3', [3]],
    ['from=2026-11-30T12:00:04Z', [9, 5, 4]],
    ['to=2026-11-30T13:00:04%2B01:00', [3, 2, 1]],
    ['saleId=a&from=2026-11-30T12:00:02.000Z&to=2026-11-30T12:00:04.000Z', [3, 2]],
    ['q=OD', [5, 3, 1]],
    ['q=VEN&saleId=b', [9]],
    ['saleId=none', []],
  ])('filters and sorts by %j', async (query, expected) => {
    const { tickets } = await stocked();
    expect(await tickets(query)).toEqual(expected);
  });

  it.each(['', '&saleId=a', '&userId=odd', '&sort=reservedAt&saleId=a'])(
    'gives each order once by its cursors, though others are stored meanwhile: %j',
    async (filters) => {
      const { store, list, tickets } = await stocked();
      const expected = await tickets(`limit=100${filters}`);
      const found: number[] = [];
      let cursor = '';
      do {
        const { items, nextCursor } = await list(`limit=2${filters}${cursor}`);
        found.push(...items.map(({ ticket }: { readonly ticket: number }) => ticket));
        cursor = nextCursor === undefined ? '' : `&cursor=${nextCursor}`;
        const late = newOrder({ saleId: 'a', ticket: 100 + found.length, userId: 'odd', reservedAt: AT + 60_000 });
        if (!filters.includes('sort')) await store.store({ group: 'g', positions: [], orders: [late] });
      } while (cursor !== '');
      expect(found).toEqual(expected);
    },
  );

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'sort=price',
    'state=lost',
    'ticket=0',
    'ticket=1.5',
    'from=yesterday',
    'from=2026-11-30T12:00:01Z&to=2026-11-30T12:00:00Z',
    'q=',
    'userId=',
    `q=${'x'.repeat(129)}`,
    'saleId=a%20b',
    'cursor=zz',
    'buyer=u1',
    'state=paid&state=paid',
  ])('refuses %j with 422', async (query) => {
    const { ask } = rig();
    const answer = await ask(query);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([422, 'invalid']);
  });

  it('is 503 while the store is unavailable', async () => {
    const { ask, faults } = rig(() => Promise.reject(new Fault('unavailable', 'down')));
    expect((await ask()).status).toBe(503);
    expect(faults).toHaveLength(1);
  });
});
