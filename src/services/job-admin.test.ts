import { describe, expect, it, vi } from 'vitest';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { jobsRig } from '../../test/support/jobs-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import { isJobId } from '../domain/ids.ts';
import { JobAdmin, type JobRequest } from './job-admin.ts';

function rigOf() {
  const rig = jobsRig();
  const catalogue = new MemoryCatalogue([aSale({ id: 's' }), aSale({ id: 'draft', status: 'draft' })]);
  return { ...rig, admin: new JobAdmin({ ...rig, catalogue, random: Math.random }) };
}

const REFUND: JobRequest = { kind: 'refund', saleId: 's', reason: 'rain', returnTickets: true, by: 'boss' };

describe('starting a job', () => {
  it('counts the orders that it is for', async () => {
    const { admin, paid, reserve } = rigOf();
    await paid('ab');
    await reserve('c');
    const refund = await admin.start(REFUND);
    expect(refund).toMatchObject({
      kind: 'started',
      job: {
        ...REFUND,
        state: 'running',
        progress: { total: 2, done: 0, skipped: 0, givenBack: { amount: 0, currency: 'USD' } },
      },
    });
    const cancel = await admin.start({ ...REFUND, kind: 'cancel' });
    expect(cancel).toMatchObject({ kind: 'started', job: { progress: { total: 1, done: 0, skipped: 0 } } });
    for (const one of [refund, cancel]) expect(one.kind === 'started' && isJobId(one.job.id)).toBe(true);
  });

  it('answers a repetition with the same key by the same job, and refuses another one beside it', async () => {
    const { admin } = rigOf();
    const first = await admin.start({ ...REFUND, key: 'k' });
    expect(first.kind).toBe('started');
    expect(await admin.start({ ...REFUND, key: 'k' })).toEqual(first);
    expect(await admin.start({ ...REFUND, key: 'k', reason: 'snow' })).toEqual({ kind: 'keyMismatch' });
    expect(await admin.start(REFUND)).toEqual({ ...first, kind: 'alreadyRunning' });
  });

  it.each([
    ['unknown', { saleId: 'none' }],
    ['notPublished', { saleId: 'draft' }],
    ['badReason', { reason: '' }],
    ['badReason', { reason: 'two\nlines' }],
    // 252 UTF-16 units, of which a store has room for 250.
    ['badReason', { reason: '😀'.repeat(126) }],
  ])('refuses with %s: %j', async (kind, parts) => {
    const { admin, jobs } = rigOf();
    expect(await admin.start({ ...REFUND, ...parts })).toMatchObject({ kind });
    expect(await jobs.list({ limit: 9 })).toEqual([]);
  });
});

describe('a job', () => {
  it('is stopped and resumed, and neither once it is done', async () => {
    const { admin, jobs, create } = rigOf();
    const { id } = await create();
    expect(await admin.stop(id)).toMatchObject({ kind: 'changed', job: { id, state: 'stopped' } });
    expect(await admin.resume(id)).toMatchObject({ kind: 'changed', job: { id, state: 'running' } });
    const progress = { total: 0, done: 0, skipped: 0 };
    await jobs.advance(id, { step: 0, batch: [], progress, isDone: true, at: 1 });
    for (const outcome of [await admin.stop(id), await admin.resume(id)]) expect(outcome).toEqual({ kind: 'done' });
    for (const outcome of [await admin.stop('?'), await admin.resume('?')])
      expect(outcome).toEqual({ kind: 'unknown' });
  });

  it('is not resumed while another one of its kind runs in its sale', async () => {
    const { admin, create } = rigOf();
    const { id } = await create();
    await admin.stop(id);
    const second = await create();
    await create({ kind: 'cancel' });
    expect(await admin.resume(id)).toEqual({ kind: 'alreadyRunning', job: second });
  });

  it('is resumed if the one that was in its way ends meanwhile', async () => {
    const { jobs, admin, create } = rigOf();
    const first = await create();
    await jobs.stop(first, 1);
    const second = await create();
    const list = vi.spyOn(jobs, 'list').mockImplementationOnce(async () => {
      await jobs.stop(second, 2);
      return [];
    });
    expect(await admin.resume(first.id)).toMatchObject({ kind: 'changed', job: { id: first.id, state: 'running' } });
    expect(list).toHaveBeenCalledOnce();
  });

  it('is read again if somebody else has stopped and resumed it since it was read', async () => {
    const { jobs, admin, create } = rigOf();
    const job = await create();
    vi.spyOn(jobs, 'job').mockImplementationOnce(async () => {
      await jobs.stop(job, 1);
      await jobs.resume({ ...job, steered: 1 }, 2);
      return job;
    });
    expect(await admin.stop(job.id)).toMatchObject({ kind: 'changed', job: { state: 'stopped', steered: 3 } });
  });

  it('is listed in pages', async () => {
    const { admin, create } = rigOf();
    const older = await create();
    const newer = await create({ kind: 'cancel' });
    expect(await admin.list({ limit: 1 })).toEqual({ items: [newer], next: newer.id });
    expect(await admin.list({ limit: 1, before: newer.id })).toEqual({ items: [older] });
  });
});
