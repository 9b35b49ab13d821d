import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { MemoryOrderStore } from '../../../test/support/fakes/memory-order-store.ts';
import { newOrder } from '../../../test/support/orders.ts';
import { routesWith, tokenOf } from '../../../test/support/route-caller.ts';
import { Fault } from '../../domain/errors.ts';
import type { OrderSearch } from '../../ports/order-store.ts';
import { AdminOrders, EXPORT_PAGE } from '../../services/admin-orders.ts';

const ALL = '/v1/admin/orders';
const AT = Date.UTC(2026, 10, 30, 12);

function rig(search?: (search: OrderSearch) => Promise<never>) {
  const store = new MemoryOrderStore();
  const faults: unknown[] = [];
  const adminOrders = new AdminOrders({
    store: search === undefined ? store : { search },
    clock: new ManualClock(),
    wait: async () => {},
  });
  const call = routesWith({ adminOrders, onFault: (fault) => faults.push(fault) });
  const ask = (query = '', role: 'admin' | 'buyer' = 'admin') =>
    call('GET', ALL, { query, authorization: tokenOf('boss', role) });
  const list = async (query = '') => JSON.parse((await ask(query)).body);
  const tickets = async (query = '') =>
    (await list(query)).items.flatMap(({ tickets }: { readonly tickets: readonly number[] }) => tickets);
  const as = (accept: string, query = '') =>
    call('GET', ALL, { query, accept, authorization: tokenOf('boss', 'admin') });
  return { store, call, ask, as, list, tickets, faults, adminOrders };
}

/** Tickets 1 to 5 of the sale `a`, reserved one second after the other, of two buyers; and one of another sale. */
async function stocked() {
  const all = rig();
  const orders = [1, 2, 3, 4, 5].map((ticket) =>
    newOrder({
      saleId: 'a',
      tickets: [ticket],
      userId: ticket % 2 === 0 ? 'even' : 'odd',
      reservedAt: AT + ticket * 1000,
    }),
  );
  const other = newOrder({ saleId: 'b', tickets: [9], userId: 'even', reservedAt: AT + 9000 });
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
        found.push(...items.flatMap(({ tickets }: { readonly tickets: readonly number[] }) => tickets));
        cursor = nextCursor === undefined ? '' : `&cursor=${nextCursor}`;
        const late = newOrder({ saleId: 'a', tickets: [100 + found.length], userId: 'odd', reservedAt: AT + 60_000 });
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

describe('GET /v1/admin/orders as an export', () => {
  it('sends all orders that match as CSV, named as in JSON, formulas as text', async () => {
    const { as, store } = await stocked();
    const evil = newOrder({ saleId: 'b', tickets: [7], userId: '=cmd|"x",1', id: '2JG8Z5E4T00000', reservedAt: AT });
    await store.store({ group: 'g', positions: [], orders: [evil] });
    const answer = await as('text/csv', 'saleId=b&limit=1');
    expect(answer).toMatchObject({
      status: 200,
      type: 'text/csv; charset=utf-8; header=present',
      headers: {
        vary: 'accept',
        'cache-control': 'no-store',
        'content-disposition': 'attachment; filename="orders.csv"',
      },
    });
    const [names, first, second, ...rest] = answer.body.split('\r\n');
    expect(names).toBe(
      'id,saleId,productId,userId,tickets,quantity,price.amount,total.amount,total.currency,state,reservedAt,payBy,paidAt,endedAt,refunded.amount,rebookedAs,rebookOf',
    );
    expect(first).toMatch(/^\w{14},b,product-1,even,9,1,12999,12999,USD,reserved,2026-11-30T12:00:09.000Z,.*Z,,,,,$/);
    expect(second).toMatch(/^2JG8Z5E4T00000,b,product-1,"'=cmd\|""x"",1",7,/);
    expect(rest).toEqual(['']);
  });

  it('sends the same JSON as the pages, a line each', async () => {
    const { as, list } = await stocked();
    const { body, type } = await as('application/x-ndjson', 'saleId=a&sort=reservedAt');
    expect(type).toBe('application/x-ndjson');
    expect(body.endsWith('\n')).toBe(true);
    const lines = body.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual((await list('saleId=a&sort=reservedAt')).items);
  });

  it('sends each order of many pages once, and those behind a cursor', async () => {
    const { as, store, list } = rig();
    const orders = Array.from({ length: 2 * EXPORT_PAGE + 1 }, (_, n) =>
      newOrder({ saleId: 'a', tickets: [n + 1], reservedAt: AT + (n % 7) }),
    );
    await store.store({ group: 'g', positions: [], orders });
    const rows = (await as('text/csv', 'saleId=a')).body.split('\r\n');
    expect(rows).toHaveLength(1 + orders.length + 1);
    expect(new Set(rows).size).toBe(rows.length);
    const { nextCursor } = await list('saleId=a&limit=10');
    const behind = (await as('text/csv', `saleId=a&cursor=${nextCursor}`)).body.split('\r\n');
    expect(behind).toEqual([rows[0], ...rows.slice(11)]);
  });

  it('has a row of names for no orders, and is refused for a wrong query and a buyer as other requests are', async () => {
    const { as, call } = rig();
    expect((await as('text/csv')).body.split('\r\n')).toHaveLength(2);
    expect((await as('application/x-ndjson')).body).toBe('');
    expect((await as('text/csv', 'state=lost')).status).toBe(422);
    const buyer = await call('GET', ALL, { accept: 'text/csv', authorization: tokenOf('u1') });
    expect(buyer.status).toBe(403);
  });

  it('is busy while two are running, and not afterwards, also if one of them fails', async () => {
    const { as, adminOrders } = await stocked();
    const ends: (() => void)[] = [];
    const running = [0, 1].map(() =>
      adminOrders.export({ order: 'newest' }, () => new Promise<void>((resolve) => ends.push(resolve))),
    );
    const refused = await as('text/csv');
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([503, 'busy']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    for (const end of ends) end();
    await Promise.all(running);
    const fails = () => Promise.reject(new Error('broken'));
    for (let n = 0; n < 3; n += 1)
      await expect(adminOrders.export({ order: 'newest' }, fails)).rejects.toThrow('broken');
    expect((await as('text/csv')).status).toBe(200);
  });
});
