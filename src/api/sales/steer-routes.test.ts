import { describe, expect, it } from 'vitest';
import { adminRig, MUG, MUG_SALE } from '../../../test/support/admin-rig.ts';

const SALES = '/v1/admin/sales';
const ONE = `${SALES}/:saleId`;

/** An open sale of version 3, and commands on it. */
async function published() {
  const rig = adminRig();
  const { admin } = rig;
  await admin('POST', '/v1/admin/products', { body: MUG });
  const opensAt = new Date(rig.clock.now() - 1000).toISOString();
  const made = await admin('POST', SALES, { body: { ...MUG_SALE, opensAt } });
  const id = made.json?.id as string;
  await admin('POST', `${ONE}/publish`, { params: [id] });
  const command = (name: string, parts: Parameters<typeof admin>[2] = {}) =>
    admin('POST', `${ONE}/${name}`, { params: [id], ...parts });
  const history = (query = '') => admin('GET', `${ONE}/history`, { params: [id], query });
  return { ...rig, id, command, history };
}

describe('pause and resume', () => {
  it('answer with the sale, its phase and its version', async () => {
    const { command } = await published();
    const paused = await command('pause');
    expect([paused.status, paused.json?.phase, paused.headers.etag]).toEqual([200, 'paused', '"4"']);
    expect(await command('pause')).toMatchObject({ status: 200, json: { version: 4 } });
    expect(await command('resume')).toMatchObject({ status: 200, json: { phase: 'live', version: 5 } });
    expect(await command('resume')).toMatchObject({ status: 200, json: { version: 5 } });
  });

  it('take If-Match, and no body', async () => {
    const { command } = await published();
    expect(await command('pause', { ifMatch: '"2"' })).toMatchObject({ status: 412, json: { code: 'stale' } });
    expect((await command('pause', { body: { reason: 'x' } })).status).toBe(422);
    expect((await command('pause', { ifMatch: '"3"' })).status).toBe(200);
  });

  it.each(['pause', 'resume'])('%s refuses drafts, closed sales and unknown ones', async (name) => {
    const { command, admin } = await published();
    const made = await admin('POST', SALES, { body: MUG_SALE });
    const params = [made.json?.id as string];
    expect(await command(name, { params })).toMatchObject({ status: 409, json: { code: 'not_published' } });
    for (const unknown of ['sale_none', 'no id!'])
      expect(await command(name, { params: [unknown] })).toMatchObject({ status: 404 });
    await command('close');
    expect(await command(name)).toMatchObject({ status: 409, json: { code: 'closed' } });
  });

  it('refuses a sale that is over', async () => {
    const { command, clock } = await published();
    clock.advance(Date.parse(MUG_SALE.closesAt) - clock.now());
    expect(await command('resume')).toMatchObject({ status: 409, json: { code: 'ended' } });
  });
});

describe('extend', () => {
  it('answers with the later end', async () => {
    const { command } = await published();
    const closesAt = '2030-01-04T00:00:00.000Z';
    for (let n = 0; n < 2; n += 1)
      expect(await command('extend', { body: { closesAt } })).toMatchObject({
        status: 200,
        json: { closesAt, version: 4 },
      });
  });

  it.each([
    { closesAt: '2000-01-01T00:00:00Z' },
    { closesAt: '2030-01-02T23:59:59Z' },
    { closesAt: 'later' },
    { closesAt: 1_900_000_000_000 },
    { closesAt: '2031-01-01T00:00:00Z', total: 9 },
    {},
  ])('refuses %j', async (body) => {
    const { command, catalogue, id } = await published();
    expect(await command('extend', { body })).toMatchObject({ status: 422, json: { code: 'invalid' } });
    expect((await catalogue.sale(id))?.version).toBe(3);
  });

  it('refuses a sale that was closed, is over or not published', async () => {
    const body = { closesAt: '2031-01-01T00:00:00Z' };
    const { command, admin, clock } = await published();
    const draft = (await admin('POST', SALES, { body: MUG_SALE })).json?.id as string;
    expect(await command('extend', { body, params: [draft] })).toMatchObject({ json: { code: 'not_published' } });
    expect((await command('extend', { body, ifMatch: '"2"' })).status).toBe(412);
    await command('close');
    expect(await command('extend', { body })).toMatchObject({ status: 409, json: { code: 'closed' } });
    const other = await published();
    other.clock.advance(Date.parse(MUG_SALE.closesAt) - clock.now());
    expect(await other.command('extend', { body })).toMatchObject({ status: 409, json: { code: 'ended' } });
  });
});

describe('add-stock', () => {
  it('adds tickets once for each key', async () => {
    const { command } = await published();
    const add = (quantity: number, idempotencyKey: string) =>
      command('add-stock', { body: { quantity }, idempotencyKey });
    for (const key of ['k', 'k', ' k '])
      expect(await add(3, key)).toMatchObject({ status: 200, json: { total: 8, version: 4 } });
    expect(await add(2, 'k')).toMatchObject({ status: 422, json: { code: 'key_mismatch' } });
    expect(await add(2, 'l')).toMatchObject({ status: 200, json: { total: 10 } });
  });

  it('adds tickets once for each version', async () => {
    const { command } = await published();
    const add = () => command('add-stock', { body: { quantity: 3 }, ifMatch: '"3"' });
    expect(await add()).toMatchObject({ status: 200, json: { total: 8 } });
    expect(await add()).toMatchObject({ status: 412 });
  });

  it.each(['', '*', '"3", "4"'])('refuses a call with If-Match %j alone, which could add twice', async (ifMatch) => {
    const { command } = await published();
    expect(await command('add-stock', { body: { quantity: 3 }, ifMatch })).toMatchObject({
      status: 422,
      json: { errors: [{ in: 'header', path: 'Idempotency-Key' }] },
    });
  });

  it.each([0, -1, 1.5, '2', null, 10_000_001, 9_999_996])('refuses the quantity %j', async (quantity) => {
    const { command, catalogue, id } = await published();
    const answer = await command('add-stock', { body: { quantity }, idempotencyKey: 'k' });
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid', errors: [{ path: '/quantity' }] } });
    expect((await catalogue.sale(id))?.version).toBe(3);
  });

  it('refuses a closed sale', async () => {
    const { command } = await published();
    await command('close');
    expect(await command('add-stock', { body: { quantity: 1 }, idempotencyKey: 'k' })).toMatchObject({
      status: 409,
      json: { code: 'closed' },
    });
  });
});

describe('the history of a sale', () => {
  it('has each change with its admin and time, newest first, in pages', async () => {
    const { command, history, clock } = await published();
    await command('pause');
    clock.advance(1000);
    await command('resume');
    await command('close');
    const { status, json } = await history();
    const at = new Date(clock.now()).toISOString();
    expect([status, json]).toMatchObject([
      200,
      {
        items: [
          { version: 6, action: 'closed', by: 'boss', at },
          { version: 5, action: 'resumed', at, changes: [{ name: 'status', from: 'paused', to: 'published' }] },
          { version: 4, action: 'paused' },
          { version: 2, action: 'published' },
        ],
      },
    ]);
    const first = await history('limit=3');
    const cursor = (first.json as { nextCursor: string }).nextCursor;
    expect((await history(`limit=3&cursor=${cursor}`)).json).toMatchObject({ items: [{ version: 2 }] });
    expect((await history('limit=0')).status).toBe(422);
  });

  it('is not found for an unknown sale', async () => {
    const { admin } = await published();
    expect(await admin('GET', `${ONE}/history`, { params: ['sale_none'] })).toMatchObject({ status: 404 });
  });
});

describe('a change of a published sale', () => {
  it('is one of its texts or its picture', async () => {
    const { admin, id, command } = await published();
    const change = (body: object) => admin('PATCH', ONE, { params: [id], body });
    expect(await change({ title: 'New', description: '', imageUrl: null })).toMatchObject({
      status: 200,
      json: { title: 'New', description: '', version: 4, phase: 'live' },
    });
    for (const body of [
      { price: { amount: 1, currency: 'EUR' } },
      { title: 'Newer', total: 9 },
      { productId: 'product_1' },
      { perBuyerLimit: 2 },
      { closesAt: '2031-01-01T00:00:00Z' },
      { opensAt: '2030-01-01T00:00:00Z' },
      { payWithinSeconds: 5 },
    ])
      expect(await change(body)).toMatchObject({ status: 409, json: { code: 'not_draft' } });
    await command('pause');
    expect(await change({ title: 'Paused' })).toMatchObject({ status: 200, json: { phase: 'paused' } });
    await command('close');
    expect(await change({ title: 'Closed' })).toMatchObject({ status: 409, json: { code: 'not_draft' } });
  });
});

describe('the deletion of a draft', () => {
  it('frees its product, and ends every way to the draft', async () => {
    const { admin, published: events } = await published();
    await admin('POST', '/v1/admin/products', { body: MUG });
    const { json } = await admin('POST', SALES, { body: { ...MUG_SALE, productId: 'product_3' } });
    const params = [json?.id as string];
    expect(await admin('DELETE', ONE, { params, ifMatch: '"2"' })).toMatchObject({ status: 412 });
    expect(await admin('DELETE', ONE, { params, ifMatch: '"1"' })).toMatchObject({ status: 204, json: undefined });
    expect(events.at(-1)).toEqual({ type: 'sale', saleId: params[0] });
    for (const method of ['DELETE', 'PATCH'] as const)
      expect(await admin(method, ONE, { params, body: { title: 'x' } })).toMatchObject({ status: 404 });
    expect((await admin('POST', `${ONE}/publish`, { params })).status).toBe(404);
    expect((await admin('DELETE', '/v1/admin/products/:productId', { params: ['product_3'] })).status).toBe(204);
  });

  it('refuses a published sale, a closed one and an unknown one', async () => {
    const { admin, id, command, catalogue } = await published();
    const remove = (saleId: string) => admin('DELETE', ONE, { params: [saleId] });
    expect(await remove(id)).toMatchObject({ status: 409, json: { code: 'not_draft' } });
    await command('close');
    expect(await remove(id)).toMatchObject({ status: 409, json: { code: 'not_draft' } });
    for (const unknown of ['sale_none', 'no id!']) expect((await remove(unknown)).status).toBe(404);
    expect((await catalogue.sale(id))?.status).toBe('closed');
  });
});

describe('archive', () => {
  it('answers with the archived sale, once it is over, and records what was done', async () => {
    const { command, admin, history, id, queue, published: events } = await published();
    expect(await command('archive')).toMatchObject({ status: 409, json: { code: 'not_over' } });
    await command('close');
    expect(await command('archive', { ifMatch: '"3"' })).toMatchObject({ status: 412, json: { code: 'stale' } });
    const archived = await command('archive', { ifMatch: '"4"' });

    expect([archived.status, archived.json?.phase, archived.headers.etag]).toEqual([200, 'archived', '"5"']);
    expect(await command('archive', { ifMatch: '"4"' })).toMatchObject({ status: 200, json: { version: 5 } });
    expect((await history()).json).toMatchObject({ items: [{ action: 'archived', by: 'boss', version: 5 }, {}, {}] });
    expect(await queue.stock(id)).toBeUndefined();
    expect(events.at(-1)).toEqual({ type: 'sale', saleId: id });
    for (const name of ['pause', 'resume', 'close', 'publish'])
      expect(await command(name)).toMatchObject({ status: 409, json: { code: 'archived' } });
    const texts = await admin('PATCH', ONE, { params: [id], body: { title: 'New' } });
    expect(texts).toMatchObject({ status: 409, json: { code: 'not_draft' } });
  });

  it('says what is outstanding', async () => {
    const { command, id, queue } = await published();
    await queue.reserve(id, 1, [{ orderId: 'o1', userId: 'ann', key: 'k', fingerprint: '{}', quantity: 1 }]);
    await command('close');

    expect(await command('archive')).toMatchObject({
      status: 409,
      json: { code: 'not_settled', outstanding: { unpaid: 0, unpublished: 1, unsettled: 1 } },
    });
  });

  it('refuses drafts and unknown sales, and takes no body', async () => {
    const { command, admin } = await published();
    const made = await admin('POST', SALES, { body: MUG_SALE });
    const params = [made.json?.id as string];
    expect(await command('archive', { params })).toMatchObject({ status: 409, json: { code: 'not_published' } });
    expect(await command('archive', { params: ['none'] })).toMatchObject({ status: 404 });
    expect(await command('archive', { body: { now: true } })).toMatchObject({ status: 422 });
  });

  it('leaves the sale to be read by its id, in the list of admins, and in no other list', async () => {
    const { command, admin, call, id } = await published();
    await command('close');
    await command('archive');
    const idsOf = (body: string) => (JSON.parse(body) as { items: { id: string }[] }).items.map((item) => item.id);

    const [one, publicList] = [
      await call('GET', '/v1/sales/:saleId', { params: [id] }),
      await call('GET', '/v1/sales'),
    ];
    expect(JSON.parse(one.body)).toMatchObject({ id, phase: 'archived', remaining: 0 });
    expect(idsOf(publicList.body)).toEqual([]);
    const archived = await admin('GET', '/v1/sales', { query: 'phase=archived' });
    expect(archived.json).toMatchObject({ items: [{ id, phase: 'archived' }] });
    expect(idsOf((await call('GET', '/v1/sales', { query: 'phase=archived' })).body)).toEqual([]);
  });
});
