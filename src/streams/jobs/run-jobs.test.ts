import { lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { JOB_OPTIONS, jobsRig } from '../../../test/support/jobs-rig.ts';
import { Fault } from '../../domain/errors.ts';
import type { JobBatch, JobOptions, JobPorts } from './contract.ts';
import { refundIdOf } from './handle-batch.ts';
import { runJobs } from './run-jobs.ts';

const PRICE = 12_999;
const FAST = { ...JOB_OPTIONS, faultPauseMs: 0 };

/** What one tick does. */
function run(ports: JobPorts, options: JobOptions = FAST): Promise<readonly JobBatch[]> {
  return lastValueFrom(runJobs(of(0), ports, options).pipe(toArray()));
}

describe('a job that refunds', () => {
  it('refunds all paid orders of its sale, in batches, and is done', async () => {
    const rig = jobsRig();
    await rig.paid('abc');
    await rig.reserve('d');
    await rig.paid('e', { saleId: 'another' });
    const { id, saleId } = await rig.create();
    const job = { id, saleId, kind: 'refund' };
    expect(await run(rig)).toEqual([
      { job, done: 2, skipped: 0, isDone: false },
      { job, done: 1, skipped: 0, isDone: true },
    ]);
    expect(await rig.jobs.job(id)).toMatchObject({
      state: 'done',
      cursor: 'c',
      batch: [],
      progress: { done: 3, skipped: 0, givenBack: { amount: 3 * PRICE, currency: 'USD' } },
    });
    expect(await rig.refundsOf('abcde')).toMatchObject(
      [...'abc'].map((orderId) => ({ id: `${id}-${orderId}`, orderId, by: 'boss', reason: 'rain' })),
    );
    expect((await rig.store.order('a'))?.state).toBe('paid');
    expect(rig.published).toMatchObject([
      { type: 'orders', orders: [{ id: 'a', refunded: { amount: PRICE } }, { id: 'b' }] },
      { type: 'orders', orders: [{ id: 'c' }] },
    ]);
  });

  it('returns the tickets if it shall', async () => {
    const rig = jobsRig();
    await rig.paid('abc');
    await rig.create({ returnTickets: true });
    await run(rig);
    expect(await rig.store.owedTickets(9)).toHaveLength(3);
    expect((await rig.store.order('c'))?.state).toBe('cancelled');
  });

  it('gives back what is left of an order, and skips one that was wholly refunded', async () => {
    const rig = jobsRig();
    await rig.paid('abc');
    const request = { returnTickets: false, reason: 'late', by: 'boss', at: 1 };
    await rig.store.refund({ ...request, id: 'r1', orderId: 'a' });
    await rig.store.refund({ ...request, id: 'r2', orderId: 'b', amount: 999 });
    const { id } = await rig.create();
    await run(rig);
    const givenBack = { amount: 2 * PRICE - 999, currency: 'USD' };
    expect(await rig.jobs.job(id)).toMatchObject({ progress: { done: 2, skipped: 1, givenBack } });
    expect((await rig.refundsOf('abc')).reduce((sum, { amount }) => sum + amount.amount, 0)).toBe(3 * PRICE);
  });

  it('leaves orders alone that were reserved since it was created, or paid behind its cursor', async () => {
    const rig = jobsRig();
    const [early] = await rig.reserve('a');
    await rig.paid('bc');
    const { id, createdAt } = await rig.create();
    await rig.paid('d', { reservedAt: createdAt });
    const refund: JobPorts['store']['refund'] = async (request) => {
      if (request.orderId === 'b' && early) await rig.pay(early);
      return rig.store.refund(request);
    };
    await run({ ...rig, store: portsOf(rig, { refund }) });
    expect((await rig.refundsOf('abcd')).map(({ orderId }) => orderId)).toEqual(['b', 'c']);
    expect(await rig.jobs.job(id)).toMatchObject({ state: 'done', progress: { done: 2 } });
  });

  it.each(['before', 'after'])(
    'counts and refunds each order once when it crashed %s its batch was recorded',
    async (when) => {
      const rig = jobsRig();
      await rig.paid('abcd');
      const { id } = await rig.create({ returnTickets: true });
      let calls = 0;
      const advance: JobPorts['jobs']['advance'] = async (...args) => {
        calls += 1;
        const crashes = calls === 2;
        if (crashes && when === 'after') await rig.jobs.advance(...args);
        if (crashes) throw new Fault('unavailable', 'the process was killed here');
        return rig.jobs.advance(...args);
      };
      const crashed = await run({ ...rig, jobs: { nextRunning: (after) => rig.jobs.nextRunning(after), advance } });
      expect(crashed).toMatchObject([{ fault: { code: 'unavailable' } }]);
      expect((await rig.refundsOf('abcd')).map(({ orderId }) => orderId)).toEqual(['a', 'b']);
      // As another process, which takes the job up.
      await run(rig);
      expect(await rig.jobs.job(id)).toMatchObject({
        state: 'done',
        progress: { done: 4, skipped: 0, givenBack: { amount: 4 * PRICE } },
      });
      expect((await rig.refundsOf('abcd')).map((refund) => refund.id)).toEqual(
        [...'abcd'].map((o) => refundIdOf(id, o)),
      );
    },
  );

  it('does the same work once when two processes do it at the same time', async () => {
    const rig = jobsRig();
    await rig.paid('abcdefgh');
    const { id } = await rig.create();
    const results = await Promise.all([run(rig), run(rig), run(rig)]);
    expect(await rig.jobs.job(id)).toMatchObject({ state: 'done', progress: { done: 8, skipped: 0 } });
    expect(await rig.refundsOf('abcdefgh')).toHaveLength(8);
    expect(results.flat().reduce((sum, { done }) => sum + done, 0)).toBe(8);
  });
});

describe('a job that cancels', () => {
  it('cancels the reserved orders of its sale, whose tickets are then owed', async () => {
    const rig = jobsRig();
    await rig.reserve('abc');
    await rig.paid('d');
    const { id } = await rig.create({ kind: 'cancel' });
    await run(rig);
    expect(await rig.jobs.job(id)).toMatchObject({ state: 'done', progress: { total: 0, done: 3, skipped: 0 } });
    expect((await rig.store.owedTickets(9)).map(({ orderId }) => orderId)).toEqual(['a', 'b', 'c']);
    expect((await rig.store.order('d'))?.state).toBe('paid');
    expect(rig.published).toMatchObject([
      { orders: [{ id: 'a', state: 'cancelled' }, { id: 'b' }] },
      { orders: [{ id: 'c' }] },
    ]);
  });

  it('counts the orders that it had cancelled when it crashed, and skips those that were paid', async () => {
    const rig = jobsRig();
    const orders = await rig.reserve('abc');
    const { id } = await rig.create({ kind: 'cancel' });
    let lost = true;
    const transition: JobPorts['store']['transition'] = async (to, ids, at) => {
      if (!lost) return rig.store.transition(to, ids, at);
      lost = false;
      await rig.store.transition(to, ids.slice(0, 1), at);
      throw new Fault('timeout', 'no answer');
    };
    await run({ ...rig, store: portsOf(rig, { transition }) });
    if (orders[1]) await rig.pay(orders[1]);
    await run(rig);
    expect(await rig.jobs.job(id)).toMatchObject({ state: 'done', progress: { done: 2, skipped: 1 } });
  });
});

describe('jobs', () => {
  it('take turns of one batch', async () => {
    const rig = jobsRig();
    await rig.paid('abcd');
    await rig.paid('efgh', { saleId: 'another' });
    await rig.create();
    await rig.create({ saleId: 'another' });
    const turns = (await run(rig)).map(({ job }) => job?.saleId);
    expect(turns).toEqual(['s', 'another', 's', 'another']);
  });

  it('go on while another one fails', async () => {
    const rig = jobsRig();
    await rig.paid('ab');
    await rig.paid('cdef', { saleId: 'another' });
    const first = await rig.create();
    const second = await rig.create({ saleId: 'another' });
    const refund: JobPorts['store']['refund'] = async (request) => {
      if (request.orderId === 'a') throw new Fault('unavailable', 'no');
      return rig.store.refund(request);
    };
    const results = await run({ ...rig, store: portsOf(rig, { refund }) });
    expect(results.map(({ job, fault }) => [job?.id, fault !== undefined])).toEqual([
      [first.id, true],
      [second.id, false],
      [second.id, false],
    ]);
    expect(await rig.jobs.job(first.id)).toMatchObject({ state: 'running', batch: ['a', 'b'] });
    expect(await rig.jobs.job(second.id)).toMatchObject({ state: 'done' });
    await run(rig);
    expect(await rig.jobs.job(first.id)).toMatchObject({ state: 'done', progress: { done: 2 } });
  });

  it('end after the batch during which they were stopped, and go on behind it when resumed', async () => {
    const rig = jobsRig();
    await rig.paid('abcd');
    const { id } = await rig.create();
    const refund: JobPorts['store']['refund'] = async (request) => {
      await rig.jobs.stop({ id, steered: 0 }, 1);
      return rig.store.refund(request);
    };
    await run({ ...rig, store: portsOf(rig, { refund }) });
    expect(await rig.jobs.job(id)).toMatchObject({ state: 'stopped', progress: { done: 2 }, batch: ['c', 'd'] });
    await run(rig);
    expect(await rig.refundsOf('abcd')).toHaveLength(2);
    await rig.jobs.resume({ id, steered: 1 }, 2);
    await run(rig);
    expect(await rig.jobs.job(id)).toMatchObject({ state: 'done', progress: { done: 4 } });
    expect(await rig.refundsOf('abcd')).toHaveLength(4);
  });

  it('are done at once if no order matches', async () => {
    const rig = jobsRig();
    const { id } = await rig.create();
    expect(await run(rig)).toMatchObject([{ done: 0, skipped: 0, isDone: true }]);
    expect(await rig.jobs.job(id)).toMatchObject({ state: 'done', progress: { done: 0 } });
    expect(await run(rig)).toEqual([]);
  });
});

function portsOf({ store }: ReturnType<typeof jobsRig>, changed: Partial<JobPorts['store']>): JobPorts['store'] {
  return {
    search: (search) => store.search(search),
    order: (id) => store.order(id),
    refund: (request) => store.refund(request),
    transition: (...args) => store.transition(...args),
    ...changed,
  };
}
