import { describe, expect, it } from 'vitest';
import { adminRig, MUG, MUG_SALE } from '../../../test/support/admin-rig.ts';
import { newOrder } from '../../../test/support/orders.ts';
import { tokenOf } from '../../../test/support/route-caller.ts';
import { aSale } from '../../../test/support/sales.ts';

const ALL = '/v1/admin/sales';
const ONE = '/v1/admin/sales/:saleId';

/** With a product and a draft sale of it. */
async function rigWithDraft() {
  const rig = adminRig();
  await rig.admin('POST', '/v1/admin/products', { body: MUG });
  const made = await rig.admin('POST', ALL, { body: MUG_SALE });
  return { ...rig, made, draft: { params: ['sale_2'] } };
}

describe('a sale', () => {
  it('is created, changed, published and closed', async () => {
    const { admin, made, draft, queue, clock, published: events } = await rigWithDraft();
    const sale = {
      id: 'sale_2',
      ...MUG_SALE,
      description: MUG.description,
      imageUrl: MUG.imageUrl,
      remaining: 5,
      perBuyerLimit: 1,
      payWithinSeconds: 900,
      phase: 'draft',
      version: 1,
      serverTime: '2030-01-01T00:00:00.000Z',
    };
    expect(made).toMatchObject({ status: 201, headers: { etag: '"1"', location: '/v1/sales/sale_2' } });
    expect(made.json).toStrictEqual(sale);

    const changed = await admin('PATCH', ONE, {
      ...draft,
      ifMatch: '"1"',
      body: { total: 7, perBuyerLimit: 7, closesAt: '2030-01-03T05:30:00.5+05:30' },
    });
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    const changes = { total: 7, remaining: 7, perBuyerLimit: 7, closesAt: '2030-01-03T00:00:00.500Z' };
    expect(changed.json).toStrictEqual({ ...sale, ...changes, version: 2 });

    const published = await admin('POST', `${ONE}/publish`, draft);
    expect(published).toMatchObject({ status: 200, headers: { etag: '"4"' }, json: { phase: 'upcoming', version: 4 } });
    expect(await admin('POST', `${ONE}/publish`, { ...draft, body: {} })).toEqual(published);
    expect((await queue.stock('sale_2'))?.remaining).toBe(7);

    clock.advance(86_400_000);
    const live = await admin('POST', `${ONE}/publish`, draft);
    expect(live.json).toMatchObject({ phase: 'live', version: 4 });

    const closed = await admin('POST', `${ONE}/close`, draft);
    expect(closed).toMatchObject({ status: 200, headers: { etag: '"5"' }, json: { phase: 'closed', version: 5 } });
    expect(await admin('POST', `${ONE}/close`, draft)).toEqual(closed);
    expect(events.every((item) => item.type === 'sale' && item.saleId === 'sale_2')).toBe(true);
  });

  it.each([
    ['PATCH', 'published', ONE, 'not_draft'],
    ['PATCH', 'publishing', ONE, 'not_draft'],
    ['PATCH', 'closed', ONE, 'not_draft'],
    ['POST', 'closed', `${ONE}/publish`, 'closed'],
    ['POST', 'draft', `${ONE}/close`, 'not_published'],
    ['POST', 'publishing', `${ONE}/close`, 'not_published'],
  ] as const)('%s of one that is %s at %s is a 409 %s', async (method, status, pattern, code) => {
    const { admin, catalogue } = adminRig();
    await catalogue.addSale(aSale({ status }));
    const body = method === 'PATCH' ? { body: { total: 5 } } : {};
    const answer = await admin(method, pattern, { params: ['sale-1'], ...body });
    expect(answer).toMatchObject({ status: 409, json: { code } });
    expect(await catalogue.sale('sale-1')).toEqual(aSale({ status }));
  });

  it('that has already ended cannot be published', async () => {
    const { admin, draft, clock } = await rigWithDraft();
    clock.advance(2 * 86_400_000);
    expect(await admin('POST', `${ONE}/publish`, draft)).toMatchObject({ status: 409, json: { code: 'ended' } });
  });

  it('is changed only in the version that If-Match names', async () => {
    const { admin, draft } = await rigWithDraft();
    const change = (ifMatch: string) => admin('PATCH', ONE, { ...draft, body: { total: 6 }, ifMatch });
    expect((await change('"1"')).status).toBe(200);
    expect(await change('"1"')).toMatchObject({ status: 412, json: { code: 'stale' } });
    expect((await change('2')).status).toBe(200);
  });

  const without = (name: keyof typeof MUG_SALE) => ({ ...MUG_SALE, [name]: undefined });
  it.each([
    [without('productId'), ['/productId']],
    [without('title'), ['/title']],
    [without('price'), ['/price']],
    [without('total'), ['/total']],
    [without('opensAt'), ['/opensAt']],
    [without('closesAt'), ['/closesAt']],
    [{ ...MUG_SALE, productId: 'no id' }, ['/productId']],
    [{ ...MUG_SALE, productId: 'product_9', perBuyerLimit: 6 }, ['/perBuyerLimit', '/productId']],
    [{ ...MUG_SALE, title: 'a\u007f' }, ['/title']],
    [{ ...MUG_SALE, total: 0 }, ['/total']],
    [{ ...MUG_SALE, total: 1_000_001 }, ['/total']],
    [{ ...MUG_SALE, total: 1.5, perBuyerLimit: 0 }, ['/perBuyerLimit', '/total']],
    [{ ...MUG_SALE, total: '5' }, ['/total']],
    [{ ...MUG_SALE, payWithinSeconds: 0 }, ['/payWithinSeconds']],
    [{ ...MUG_SALE, payWithinSeconds: 604_801 }, ['/payWithinSeconds']],
    [{ ...MUG_SALE, closesAt: MUG_SALE.opensAt }, ['/closesAt']],
    [{ ...MUG_SALE, opensAt: 'tomorrow' }, ['/opensAt']],
    [{ ...MUG_SALE, opensAt: 1_893_456_000 }, ['/opensAt']],
    [{ ...MUG_SALE, price: { amount: -1, currency: 'EUR' } }, ['/price/amount']],
    [{ ...MUG_SALE, price: { amount: 0.5, currency: 'eur' } }, ['/price/amount', '/price/currency']],
    [{ ...MUG_SALE, price: { amount: 2 ** 53, currency: 'EUR' } }, ['/price/amount']],
    ...['XXY', 'XXX', 'XTS', 'XAU', 'DEM', 'eur', 'EURO', ''].map((currency): [object, string[]] => [
      { ...MUG_SALE, price: { amount: 1, currency } },
      ['/price/currency'],
    ]),
    [{ ...MUG_SALE, price: { amount: 1, currency: 'EUR', tax: 1 } }, ['/price/tax']],
    [{ ...MUG_SALE, status: 'published' }, ['/status']],
    [{ ...MUG_SALE, id: 'mine' }, ['/id']],
  ])('with the settings %j is refused, and each error is listed', async (body, paths) => {
    const { admin } = await rigWithDraft();
    const { status, json } = await admin('POST', ALL, { body });
    expect([status, json?.code]).toEqual([422, 'invalid']);
    const errors = json?.errors as readonly { readonly path: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual(paths);
  });

  it.each([
    [{}, ''],
    [{ total: null }, '/total'],
    [{ opensAt: MUG_SALE.closesAt }, '/closesAt'],
    [{ status: 'published' }, '/status'],
    [{ productId: 'product_9' }, '/productId'],
  ])('is not changed by %j', async (body, path) => {
    const { admin, draft, catalogue } = await rigWithDraft();
    expect(await admin('PATCH', ONE, { ...draft, body })).toMatchObject({ status: 422, json: { errors: [{ path }] } });
    expect(await catalogue.sale('sale_2')).toMatchObject({ version: 1 });
  });

  it('accepts the maximum and the minimum of each setting', async () => {
    const { admin } = await rigWithDraft();
    const most = { total: 1_000_000, perBuyerLimit: 1_000_000, payWithinSeconds: 604_800 };
    // For all tickets together 2^53 - 1 at most.
    const price = { amount: 9_007_199_254, currency: 'USD' };
    const sent = { ...MUG_SALE, ...most, price, closesAt: '9999-12-31T23:59:59.999Z', description: '' };
    expect((await admin('POST', ALL, { body: sent })).json).toMatchObject(sent);
    const dearest = { total: 1, perBuyerLimit: 1, price: { amount: Number.MAX_SAFE_INTEGER, currency: 'USD' } };
    expect((await admin('POST', ALL, { body: { ...MUG_SALE, ...dearest } })).json).toMatchObject(dearest);
    const least = {
      total: 1,
      perBuyerLimit: 1,
      payWithinSeconds: 1,
      price: { amount: 0, currency: 'JPY' },
      title: 'x',
    };
    expect((await admin('POST', ALL, { body: { ...MUG_SALE, ...least } })).json).toMatchObject(least);
  });
});

describe('a report', () => {
  it('contains the results of the sale, second by second', async () => {
    const { admin, catalogue, queue, store } = adminRig();
    await catalogue.addSale(aSale());
    await queue.load(aSale());
    const orders = [1, 2, 3].map((ticket) => newOrder({ saleId: 'sale-1', tickets: [ticket] }));
    await store.store({ group: 'g', positions: [], orders });
    await store.transition('expired', [orders[0]?.order.id ?? ''], 1);
    const answer = await admin('GET', `${ONE}/report`, { params: ['sale-1'] });
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(answer.json).toStrictEqual({
      saleId: 'sale-1',
      total: 10,
      remaining: 10,
      sold: 2,
      reserved: 2,
      paid: 0,
      expired: 1,
      cancelled: 0,
      rejected: 0,
      refunded: 0,
      mismatched: 0,
      revenue: { amount: 0, currency: 'USD' },
      captured: { amount: 0, currency: 'USD' },
      givenBack: { amount: 0, currency: 'USD' },
      timeline: [{ second: '2030-01-01T00:00:00.000Z', reserved: 3 }],
    });
  });

  it('is a table of its figures, named as in JSON, if CSV is asked for', async () => {
    const { call, catalogue, queue, store } = adminRig();
    await catalogue.addSale(aSale());
    await queue.load(aSale());
    await store.store({ group: 'g', positions: [], orders: [newOrder({ saleId: 'sale-1', tickets: [1] })] });
    const parts = { params: ['sale-1'], accept: 'text/csv', authorization: tokenOf('boss', 'admin') };
    const answer = await call('GET', `${ONE}/report`, parts);
    expect(answer).toMatchObject({
      status: 200,
      type: 'text/csv; charset=utf-8; header=present',
      headers: { 'cache-control': 'no-store', vary: 'accept' },
    });
    expect(answer.body.split('\r\n')).toEqual([
      'saleId,total,remaining,sold,reserved,paid,expired,cancelled,rejected,refunded,mismatched,revenue.amount,revenue.currency,captured.amount,givenBack.amount',
      'sale-1,10,10,1,1,0,0,0,0,0,0,0,USD,0,0',
      '',
    ]);
    expect((await call('GET', `${ONE}/report`, { ...parts, params: ['sale_9'] })).status).toBe(404);
  });
});

describe('the admin API', () => {
  const CALLS = [
    ['POST', '/v1/admin/products'],
    ['GET', '/v1/admin/products'],
    ['GET', '/v1/admin/products/:productId'],
    ['PATCH', '/v1/admin/products/:productId'],
    ['DELETE', '/v1/admin/products/:productId'],
    ['POST', ALL],
    ['PATCH', ONE],
    ['POST', `${ONE}/publish`],
    ['POST', `${ONE}/close`],
    ['GET', `${ONE}/report`],
  ] as const;

  it.each(CALLS)('%s %s is for admins: 401 without a token, 403 for a buyer', async (method, pattern) => {
    const { admin, catalogue } = adminRig();
    await catalogue.addSale(aSale());
    const call = { params: ['sale-1'], body: {} };
    expect(await admin(method, pattern, { ...call, authorization: '' })).toMatchObject({
      status: 401,
      json: { code: 'unauthenticated' },
      headers: { 'www-authenticate': 'Bearer' },
    });
    expect(await admin(method, pattern, { ...call, authorization: tokenOf('u1') })).toMatchObject({
      status: 403,
      json: { code: 'forbidden' },
    });
    expect(await catalogue.sale('sale-1')).toEqual(aSale());
  });

  it.each(CALLS.filter(([, pattern]) => pattern.startsWith(ONE)))(
    '%s %s answers 404 for a sale that does not exist',
    async (...call) => {
      const { admin } = adminRig();
      const body = call[0] === 'PATCH' ? { body: { total: 5 } } : {};
      for (const id of ['sale_9', 'no id', '']) {
        expect(await admin(...call, { params: [id], ...body })).toMatchObject({
          status: 404,
          json: { code: 'not_found' },
        });
      }
    },
  );

  it.each(CALLS.filter(([method]) => method !== 'GET' && method !== 'DELETE'))(
    '%s %s accepts JSON only',
    async (...call) => {
      const { admin, catalogue } = adminRig();
      await catalogue.addSale(aSale());
      const parts = { params: ['sale-1'], contentType: 'text/plain', body: {} };
      expect((await admin(...call, parts)).status).toBe(415);
    },
  );
});
