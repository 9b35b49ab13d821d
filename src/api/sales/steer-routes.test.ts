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
