import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jobIdOf } from '../../../src/domain/ids.ts';
import { type Job, type JobAdvance, type Jobs, MAX_REASON_LENGTH, type NewJob } from '../../../src/ports/jobs.ts';

export interface JobsHarness {
  readonly jobs: Jobs;
  /** The same jobs over another connection, as another process has them. */
  readonly other: Jobs;
  close(): Promise<void>;
}

const NOW = 1_800_000_000_000;
/** Enough for two concurrent calls to collide. */
const RACES = 30;

let made = 0;

function aJob(parts: Partial<NewJob> = {}): NewJob {
  made += 1;
  return {
    id: jobIdOf(NOW + made, Math.random),
    kind: 'refund',
    saleId: 'sale-1',
    reason: 'rain',
    returnTickets: false,
    by: 'boss',
    createdAt: NOW + made,
    progress: { total: 7, done: 0, skipped: 0, givenBack: { amount: 0, currency: 'EUR' } },
    ...parts,
  };
}

const CANCELS = { kind: 'cancel', progress: { total: 1, done: 0, skipped: 0 } } as const satisfies Partial<NewJob>;

function stored({ key: _, ...fresh }: NewJob): Job {
  return { ...fresh, updatedAt: fresh.createdAt, state: 'running', step: 0, steered: 0, batch: [] };
}

function advance(parts: Partial<JobAdvance> = {}): JobAdvance {
  const givenBack = { amount: 100, currency: 'EUR' };
  const progress = { total: 7, done: 1, skipped: 0, givenBack };
  return { step: 0, batch: [], progress, isDone: false, at: NOW + 500, ...parts };
}

/** What every store of jobs must do. `open` makes an empty one. */
export function jobsContract(name: string, open: () => Promise<JobsHarness>): void {
  describe(`jobs: ${name}`, () => {
    let harness: JobsHarness;
    let jobs: Jobs;

    beforeEach(async () => {
      harness = await open();
      jobs = harness.jobs;
    });
    afterEach(async () => harness?.close());

    const running = async (parts: Partial<NewJob> = {}): Promise<Job> => {
      const created = await jobs.create(aJob(parts));
      if (created.kind !== 'created') throw new Error(created.kind);
      return created.job;
    };

    test('keeps a new job as it is, on every connection', async () => {
      const refund = aJob({ reason: `${'ü'.repeat(MAX_REASON_LENGTH - 2)}😀`, by: '!Zoë', returnTickets: true });
      const cancel = aJob(CANCELS);
      for (const fresh of [refund, cancel]) {
        expect(await jobs.create(fresh)).toStrictEqual({ kind: 'created', job: stored(fresh) });
        expect(await harness.other.job(fresh.id)).toStrictEqual(stored(fresh));
      }
      expect(await jobs.job(aJob().id)).toBeUndefined();
    });

    test('refuses a second running job of the same kind in the same sale, and names the first', async () => {
      const job = await running();
      expect(await harness.other.create(aJob({ reason: 'snow' }))).toStrictEqual({ kind: 'alreadyRunning', job });
      await running({ saleId: 'sale-2' });
      await running(CANCELS);
      await jobs.stop(job, NOW);
      await running();
    });

    test('creates one of two concurrent jobs', async () => {
      for (let n = 0; n < RACES; n += 1) {
        const saleId = `sale-${n}`;
        const results = await Promise.all([jobs, harness.other].map((one) => one.create(aJob({ saleId }))));
        expect(results.map(({ kind }) => kind).sort()).toEqual(['alreadyRunning', 'created']);
      }
    });

    test('answers a repetition with the same key by the same job, whatever became of it', async () => {
      const job = await running({ key: 'k1' });
      expect(await harness.other.create(aJob({ key: 'k1' }))).toStrictEqual({ kind: 'created', job });
      expect(await jobs.stop(job, NOW + 9)).toBe(true);
      const stopped = await jobs.job(job.id);
      await running();
      expect(await jobs.create(aJob({ key: 'k1', by: 'another' }))).toStrictEqual({ kind: 'created', job: stopped });
      for (const other of [{ reason: 'snow' }, { returnTickets: true }, CANCELS])
        expect(await jobs.create(aJob({ key: 'k1', ...other }))).toStrictEqual({ kind: 'keyTaken' });
      expect(await jobs.create(aJob({ key: 'k1', saleId: 'sale-2' }))).toMatchObject({ kind: 'created' });
      expect(await jobs.create(aJob({ key: 'K1' }))).toMatchObject({ kind: 'alreadyRunning' });
    });

    test('creates one job of two concurrent requests with the same key', async () => {
      for (let n = 0; n < RACES; n += 1) {
        const [saleId, key] = [`sale-${n}`, 'k'];
        const results = await Promise.all([jobs, harness.other].map((one) => one.create(aJob({ saleId, key }))));
        const ids = results.map((result) => (result.kind === 'created' ? result.job.id : result.kind));
        expect(new Set(ids).size).toBe(1);
        expect(await jobs.list({ saleId, limit: 9 })).toHaveLength(1);
      }
    });

    test('records a batch once, and only by the step before', async () => {
      const job = await running();
      const to = advance({ cursor: '0000000000000A', batch: ['0000000000000B', '0000000000000C'] });
      const moved = await Promise.all([jobs, harness.other].map((one) => one.advance(job.id, to)));
      expect(moved.sort()).toEqual([false, true]);
      const { cursor, batch, progress, at: updatedAt } = to;
      const first = { ...job, cursor, batch, progress, updatedAt, step: 1 };
      expect(await harness.other.job(job.id)).toStrictEqual(first);
      const last = advance({ step: 1, cursor: '0000000000000C', isDone: true });
      expect(await jobs.advance(job.id, { ...last, step: 0 })).toBe(false);
      expect(await jobs.advance(job.id, { ...last, step: 2 })).toBe(false);
      expect(await jobs.advance(job.id, last)).toBe(true);
      expect(await jobs.job(job.id)).toMatchObject({ state: 'done', step: 2, batch: [], cursor: last.cursor });
      expect(await jobs.advance(job.id, advance({ step: 2 }))).toBe(false);
      expect(await jobs.advance(aJob().id, advance())).toBe(false);
      await running();
    });

    test('keeps a job stopped whose last batch is recorded later', async () => {
      const job = await running();
      const { id } = job;
      expect(await harness.other.stop(job, NOW + 1)).toBe(true);
      expect(await jobs.job(id)).toEqual({ ...job, state: 'stopped', steered: 1, updatedAt: NOW + 1 });
      expect(await jobs.advance(id, advance())).toBe(true);
      expect(await jobs.job(id)).toMatchObject({ state: 'stopped', step: 1, progress: { done: 1 } });
      expect(await jobs.nextRunning('')).toBeUndefined();
      expect(await jobs.resume({ id, steered: 1 }, NOW + 2)).toBe(true);
      expect(await jobs.nextRunning('')).toMatchObject({ state: 'running', step: 1, steered: 2, updatedAt: NOW + 2 });
      await jobs.stop({ id, steered: 2 }, NOW + 3);
      expect(await jobs.advance(id, advance({ step: 1, isDone: true }))).toBe(true);
      expect(await jobs.job(id)).toMatchObject({ state: 'done' });
    });

    test('stops and resumes a job only as it was read, and not once it is done', async () => {
      const { id } = await running();
      const is = async (state: string, steered: number) =>
        expect(await harness.other.job(id)).toMatchObject({ state, steered });
      expect(await jobs.resume({ id, steered: 0 }, NOW)).toBe(false);
      expect(await jobs.stop({ id, steered: 1 }, NOW)).toBe(false);
      await is('running', 0);
      const stops = await Promise.all([jobs, harness.other].map((one) => one.stop({ id, steered: 0 }, NOW)));
      expect(stops.sort()).toEqual([false, true]);
      expect(await harness.other.resume({ id, steered: 0 }, NOW)).toBe(false);
      await is('stopped', 1);
      expect(await harness.other.resume({ id, steered: 1 }, NOW)).toBe(true);
      // A call that arrives late undoes no later one.
      expect(await jobs.stop({ id, steered: 0 }, NOW)).toBe(false);
      await is('running', 2);
      await jobs.advance(id, advance({ isDone: true }));
      for (const call of [jobs.stop, jobs.resume]) expect(await call.call(jobs, { id, steered: 2 }, NOW)).toBe(false);
      await is('done', 2);
      const unknown = { id: aJob().id, steered: 0 };
      for (const call of [jobs.stop, jobs.resume]) expect(await call.call(jobs, unknown, NOW)).toBe(false);
    });

    test('resumes no job while another of its kind runs in its sale', async () => {
      const first = await running();
      await jobs.stop(first, NOW);
      const second = await running();
      expect(await jobs.resume({ ...first, steered: 1 }, NOW)).toBe(false);
      expect(await jobs.job(first.id)).toMatchObject({ state: 'stopped', steered: 1 });
      await jobs.stop(second, NOW);
      for (let n = 0; n < RACES; n += 1) {
        const read = await Promise.all([first, second].map(({ id }) => jobs.job(id) as Promise<Job>));
        const both = read.map((job, of) => [jobs, harness.other][of]?.resume(job, NOW));
        expect((await Promise.all(both)).sort()).toEqual([false, true]);
        const winner = await jobs.nextRunning('');
        expect(await jobs.stop(winner as Job, NOW)).toBe(true);
      }
    });

    test('lists jobs newest first, by sale and state, in pages', async () => {
      const all = [await running(), await running({ saleId: 'sale-2' }), await running(CANCELS)];
      const [first, second, third] = all.map(({ id }) => id);
      await jobs.stop(all[0] as Job, NOW);
      const idsOf = async (query: Partial<Parameters<Jobs['list']>[0]>) =>
        (await harness.other.list({ limit: 9, ...query })).map(({ id }) => id);
      expect(await idsOf({})).toEqual([third, second, first]);
      expect(await idsOf({ limit: 2 })).toEqual([third, second]);
      expect(await idsOf({ before: second })).toEqual([first]);
      expect(await idsOf({ saleId: 'sale-1' })).toEqual([third, first]);
      expect(await idsOf({ saleId: 'sale-1', state: 'stopped' })).toEqual([first]);
      expect(await idsOf({ state: 'done' })).toEqual([]);
    });

    test('names the running jobs one after the other', async () => {
      const [first, second, third] = [await running(), await running(CANCELS), await running({ saleId: 'sale-2' })];
      await jobs.stop(second, NOW);
      expect(await jobs.nextRunning('')).toEqual(first);
      expect(await jobs.nextRunning(first.id)).toEqual(third);
      expect(await jobs.nextRunning(third.id)).toBeUndefined();
    });

    test.each([
      ['id', { id: 'short' }],
      ['reason', { reason: '' }],
      ['reason', { reason: 'x'.repeat(MAX_REASON_LENGTH + 1) }],
      ['reason', { reason: 'cut\0off' }],
      ['user id', { by: '' }],
      ['sale id', { saleId: '' }],
      ['key', { key: '' }],
    ])('refuses what it can’t keep: %s', async (what, parts) => {
      await expect(jobs.create(aJob(parts))).rejects.toThrow(`bad ${what}`);
      expect(await jobs.list({ limit: 9 })).toEqual([]);
    });
  });
}
