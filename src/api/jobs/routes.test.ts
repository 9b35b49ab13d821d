import { describe, expect, it } from 'vitest';
import { type AdminCall, adminRig, MUG, MUG_SALE } from '../../../test/support/admin-rig.ts';
import { newOrder } from '../../../test/support/orders.ts';
import { tokenOf } from '../../../test/support/route-caller.ts';
import { MAX_REASON_LENGTH } from '../../ports/jobs.ts';

const SALE = '/v1/admin/sales/:saleId';
const JOBS = '/v1/admin/jobs';
const PAID = { state: 'paid', reason: 'rain' };

/** A published sale with a reserved order, a draft, and commands on jobs. */
async function published() {
  const rig = adminRig();
  const { admin, clock, store, jobs } = rig;
  await admin('POST', '/v1/admin/products', { body: MUG });
  const opensAt = new Date(clock.now() - 1000).toISOString();
  const idOf = async (): Promise<string> =>
    (await admin('POST', '/v1/admin/sales', { body: { ...MUG_SALE, opensAt } })).json?.id as string;
  const [id, draft] = [await idOf(), await idOf()];
  await admin('POST', `${SALE}/publish`, { params: [id] });
  await store.store({ group: 'g', positions: [], orders: [newOrder({ saleId: id, tickets: [1] })] });
  const start = (name: 'refunds' | 'cancellations', body: unknown, parts: AdminCall = {}) =>
    admin('POST', `${SALE}/${name}`, { params: [id], body, ...parts });
  const steer = (name: 'stop' | 'resume', jobId: unknown, parts: AdminCall = {}) =>
    admin('POST', `${JOBS}/:jobId/${name}`, { params: [String(jobId)], ...parts });
  const finish = async (jobId: unknown) => {
    const progress = { total: 1, done: 1, skipped: 0, givenBack: { amount: 1299, currency: 'EUR' } };
    await jobs.advance(String(jobId), { step: 0, batch: [], progress, isDone: true, at: clock.now() + 1000 });
  };
  return { ...rig, id, draft, start, steer, finish };
}

describe('starting a job', () => {
  it('answers 202 with the job and its URL', async () => {
    const { start, id, clock } = await published();
    const at = new Date(clock.now()).toISOString();
    const refund = await start('refunds', { ...PAID, returnTickets: true });
    expect(refund).toMatchObject({
      status: 202,
      headers: { location: `${JOBS}/${refund.json?.id}`, 'cache-control': 'no-store' },
      json: {
        ...{ kind: 'refund', saleId: id, state: 'running', reason: 'rain', returnTickets: true, by: 'boss' },
        ...{ createdAt: at, updatedAt: at },
        progress: { total: 0, done: 0, skipped: 0, givenBack: { amount: 0, currency: 'EUR' } },
      },
    });
    const { json } = await start('cancellations', { reason: 'wrong price' });
    expect(json).toMatchObject({ kind: 'cancel', progress: { total: 1, done: 0, skipped: 0 } });
    for (const name of ['returnTickets', 'givenBack', 'batch']) expect(JSON.stringify(json)).not.toContain(name);
    expect((await start('refunds', PAID)).json).toMatchObject({ code: 'job_running', jobId: refund.json?.id });
  });

  it('answers the same key by the same job, as it is then', async () => {
    const { start, steer } = await published();
    const first = await start('refunds', PAID, { idempotencyKey: 'k-1' });
    await steer('stop', first.json?.id);
    const again = await start('refunds', PAID, { idempotencyKey: ' k-1' });
    expect(again).toMatchObject({ status: 202, json: { id: first.json?.id, state: 'stopped' } });
    const other = await start('refunds', { ...PAID, reason: 'snow' }, { idempotencyKey: 'k-1' });
    expect(other).toMatchObject({ status: 422, json: { code: 'key_mismatch' } });
    expect((await start('refunds', PAID, { idempotencyKey: 'ü' })).json).toMatchObject({ code: 'invalid' });
  });

  it.each([
    ['refunds', {}, '/state'],
    ['refunds', { reason: 'x' }, '/state'],
    ['refunds', { ...PAID, state: 'reserved' }, '/state'],
    ['refunds', { state: 'paid' }, '/reason'],
    ['refunds', { ...PAID, reason: '' }, '/reason'],
    ['refunds', { ...PAID, reason: 7 }, '/reason'],
    ['refunds', { ...PAID, reason: 'x'.repeat(MAX_REASON_LENGTH + 1) }, '/reason'],
    ['refunds', { ...PAID, reason: '😀'.repeat(MAX_REASON_LENGTH) }, '/reason'],
    ['refunds', { ...PAID, reason: 'two\nlines' }, '/reason'],
    ['refunds', { ...PAID, returnTickets: 'no' }, '/returnTickets'],
    ['refunds', { ...PAID, amount: 1 }, '/amount'],
    ['cancellations', {}, '/reason'],
    ['cancellations', { reason: 'x', returnTickets: true }, '/returnTickets'],
  ] as const)('refuses %s with %j', async (name, body, path) => {
    const { start, jobs } = await published();
    const { status, json } = await start(name, body);
    expect([status, json?.code]).toEqual([422, 'invalid']);
    expect(json?.errors).toContainEqual(expect.objectContaining({ in: 'body', path }));
    expect(await jobs.list({ limit: 9 })).toEqual([]);
  });

  it.each(['refunds', 'cancellations'] as const)('refuses %s of drafts and unknown sales', async (name) => {
    const { start, draft } = await published();
    const body = name === 'refunds' ? PAID : { reason: 'x' };
    expect(await start(name, body, { params: [draft] })).toMatchObject({
      status: 409,
      json: { code: 'not_published' },
    });
    for (const unknown of ['sale_none', 'no id!'])
      expect((await start(name, body, { params: [unknown] })).status).toBe(404);
  });
});

describe('a job', () => {
  it('is shown, and listed by sale and state, newest first, in pages', async () => {
    const { admin, start, id, clock } = await published();
    const older = await start('refunds', PAID);
    clock.advance(1);
    const newer = await start('cancellations', { reason: 'x' });
    const shown = await admin('GET', `${JOBS}/:jobId`, { params: [older.json?.id as string] });
    expect(shown).toMatchObject({ status: 200, json: older.json as object });
    const list = async (query: string) => (await admin('GET', JOBS, { query })).json;
    expect(await list('')).toEqual({ items: [newer.json, older.json] });
    const first = await list(`saleId=${id}&state=running&limit=1`);
    expect(first).toMatchObject({ items: [newer.json] });
    expect(await list(`limit=1&cursor=${first?.nextCursor}`)).toEqual({ items: [older.json] });
    expect(await list('saleId=another')).toEqual({ items: [] });
    expect(await list('state=stopped')).toEqual({ items: [] });
    for (const query of ['state=lost', 'cursor=6f', 'limit=0', 'kind=refund'])
      expect((await admin('GET', JOBS, { query })).status).toBe(422);
  });

  it('is stopped and resumed, again without effect', async () => {
    const { start, steer } = await published();
    const { json: job } = await start('refunds', PAID);
    for (const [name, state] of [
      ['resume', 'running'],
      ['stop', 'stopped'],
      ['stop', 'stopped'],
      ['resume', 'running'],
    ] as const)
      expect(await steer(name, job?.id)).toMatchObject({ status: 200, json: { id: job?.id, state } });
    expect((await steer('stop', job?.id, { body: { reason: 'x' } })).status).toBe(422);
  });

  it('is left as it is by a call for an earlier version', async () => {
    const { start, steer } = await published();
    const { json: job } = await start('refunds', PAID);
    expect(job?.version).toBe(0);
    const stopped = await steer('stop', job?.id, { ifMatch: '"0"' });
    expect(stopped).toMatchObject({ status: 200, json: { state: 'stopped', version: 1 } });
    // Repeated: it is as it was asked to be.
    expect(await steer('stop', job?.id, { ifMatch: '"0"' })).toMatchObject({ status: 200, json: { version: 1 } });
    expect(await steer('resume', job?.id, { ifMatch: '7, 1' })).toMatchObject({ status: 200, json: { version: 2 } });
    const late = await steer('stop', job?.id, { ifMatch: '"0"' });
    expect(late).toMatchObject({ status: 412, json: { code: 'stale' } });
    expect(await steer('stop', job?.id, { ifMatch: '"x"' })).toMatchObject({ status: 412 });
    expect(await steer('resume', job?.id)).toMatchObject({ status: 200, json: { state: 'running', version: 2 } });
  });

  it('is not resumed beside another one', async () => {
    const { start, steer } = await published();
    const { json: first } = await start('refunds', PAID);
    await steer('stop', first?.id);
    const { json: second } = await start('refunds', PAID);
    const refused = await steer('resume', first?.id);
    expect(refused).toMatchObject({ status: 409, json: { code: 'job_running', jobId: second?.id } });
  });

  it('is neither stopped nor resumed when it is done', async () => {
    const { start, steer, finish } = await published();
    const { json: job } = await start('refunds', PAID);
    await finish(job?.id);
    for (const name of ['stop', 'resume'] as const)
      expect(await steer(name, job?.id)).toMatchObject({ status: 409, json: { code: 'job_done' } });
  });

  it('is unknown by any other id', async () => {
    const { admin, steer } = await published();
    for (const unknown of ['0000000000000000000', 'no id!']) {
      expect((await admin('GET', `${JOBS}/:jobId`, { params: [unknown] })).status).toBe(404);
      for (const name of ['stop', 'resume'] as const) expect((await steer(name, unknown)).status).toBe(404);
    }
  });

  it('is for admins only', async () => {
    const { start, steer, admin } = await published();
    const buyer = { authorization: tokenOf('ann') };
    expect((await start('refunds', PAID, buyer)).status).toBe(403);
    expect((await start('cancellations', { reason: 'x' }, buyer)).status).toBe(403);
    expect((await steer('stop', '0000000000000000000', buyer)).status).toBe(403);
    expect((await admin('GET', JOBS, buyer)).status).toBe(403);
    expect((await admin('GET', JOBS, { authorization: '' })).status).toBe(401);
  });
});
