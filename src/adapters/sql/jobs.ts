import { Fault } from '../../domain/errors.ts';
import type { CreateJobResult, Job, JobQuery, Jobs, NewJob } from '../../ports/jobs.ts';
import { type RetryOptions, retry } from '../../resilience/retry.ts';
import type { SqlDatabase } from './connect.ts';
import { codeOf, withSqlFaults } from './faults.ts';
import { assertStorableJob, JOB_COLUMNS, type JobRow, jobOfRow, repeatsJob } from './job-row.ts';

const INSERT = `INSERT INTO jobs (id, kind, sale_id, reason, return_tickets, created_by, request_key, created_at, updated_at,
  state, running, step, steered, total, done, skipped, given_back, currency, last_order, batch)
  VALUES (?, ?, ?, ?, ?, ?, NULLIF(?, ''), ?, ?, 'running', 1, 0, 0, ?, ?, ?, ?, ?, '', '')`;

const SELECT = `SELECT ${JOB_COLUMNS} FROM jobs WHERE`;
const BY_ID = `${SELECT} id = ?`;
const BY_KEY = `${SELECT} sale_id = ? AND request_key = ?`;
const RUNNING = `${SELECT} running = 1 AND sale_id = ? AND kind = ?`;
const NEXT_RUNNING = `${SELECT} running = 1 AND id > ? ORDER BY id LIMIT 1`;

const ADVANCE = `UPDATE jobs SET step = step + 1, last_order = ?, batch = ?, done = ?, skipped = ?, given_back = ?,
  updated_at = ?, running = CASE WHEN ? = 1 THEN NULL ELSE running END, state = CASE WHEN ? = 1 THEN 'done' ELSE state END
  WHERE id = ? AND step = ? AND state <> 'done'`;

const STOP = `UPDATE jobs SET state = 'stopped', running = NULL, steered = steered + 1, updated_at = ?
  WHERE id = ? AND steered = ? AND state = 'running'`;

/** Ignored where the job that runs now has the unique key: not by an error, because libsql leaves a failed statement in progress. */
const RESUME = {
  sqlite: 'UPDATE OR IGNORE',
  mysql: 'UPDATE IGNORE',
} as const satisfies Record<SqlDatabase['dialect'], string>;
const RESUMED = `jobs SET state = 'running', running = 1, steered = steered + 1, updated_at = ?
  WHERE id = ? AND steered = ? AND state = 'stopped'`;

const NOTHING = {
  sqlite: 'ON CONFLICT DO NOTHING',
  mysql: 'ON DUPLICATE KEY UPDATE id = jobs.id',
} as const satisfies Record<SqlDatabase['dialect'], string>;

/** MySQL has rolled the statement back, because another one holds what it waits for: two admins at the same moment. */
const DEADLOCK = { attempts: 8, baseMs: 5, capMs: 100, retryable: isDeadlock } as const satisfies RetryOptions;

function isDeadlock(error: unknown): boolean {
  return codeOf(error) === 'ER_LOCK_DEADLOCK';
}

/** A conflict can be gone when it is looked for, as a job that ran has ended: then creating is tried again, so often. */
const ATTEMPTS = 5;

/** Jobs in either dialect. */
export function createSqlJobs(database: SqlDatabase): Jobs {
  const one = async (sql: string, ...params: readonly (string | number)[]): Promise<JobRow | undefined> =>
    (await database.rows<JobRow>(sql, ...params))[0];

  const run: SqlDatabase['run'] = (sql, ...params) => retry(() => database.run(sql, ...params), DEADLOCK);

  const job = async (id: string): Promise<Job | undefined> => {
    const row = await one(BY_ID, id);
    return row && jobOfRow(row);
  };

  /** Why a job was not inserted; undefined if there is no reason any more. */
  const obstacleTo = async (fresh: NewJob): Promise<CreateJobResult | undefined> => {
    const { kind, saleId, key } = fresh;
    const sameKey = key === undefined ? undefined : await one(BY_KEY, saleId, key);
    if (sameKey !== undefined)
      return repeatsJob(sameKey, fresh) ? { kind: 'created', job: jobOfRow(sameKey) } : { kind: 'keyTaken' };
    const running = await one(RUNNING, saleId, kind);
    return running && { kind: 'alreadyRunning', job: jobOfRow(running) };
  };

  const insert = async ({ progress, ...fresh }: NewJob): Promise<boolean> => {
    const { id, kind, saleId, reason, returnTickets, by, key = '', createdAt } = fresh;
    const { total, done, skipped, givenBack = { amount: 0, currency: '' } } = progress;
    const values = [id, kind, saleId, reason, Number(returnTickets), by, key, createdAt, createdAt];
    const figures = [total, done, skipped, givenBack.amount, givenBack.currency];
    return (await run(`${INSERT} ${NOTHING[database.dialect]}`, ...values, ...figures)) === 1;
  };

  return {
    create: (fresh) =>
      withSqlFaults('creating a job', async () => {
        assertStorableJob(fresh);
        for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
          if (await insert(fresh)) return { kind: 'created', job: (await job(fresh.id)) as Job };
          const obstacle = await obstacleTo(fresh);
          if (obstacle !== undefined) return obstacle;
        }
        throw new Fault('unavailable', 'the jobs of the sale are changing: try again');
      }),

    job: (id) => withSqlFaults('reading a job', () => job(id)),

    list: (query) =>
      withSqlFaults('listing jobs', async () => {
        const { where, params } = conditionsOf(query);
        const sql = `${SELECT} ${where} ORDER BY id DESC LIMIT ?`;
        return (await database.rows<JobRow>(sql, ...params, query.limit)).map(jobOfRow);
      }),

    nextRunning: (after) =>
      withSqlFaults('reading a running job', async () => {
        const row = await one(NEXT_RUNNING, after);
        return row && jobOfRow(row);
      }),

    advance: (id, { step, cursor = '', batch, progress, isDone, at }) =>
      withSqlFaults('recording the progress of a job', async () => {
        const { done, skipped, givenBack } = progress;
        const values = [cursor, batch.join(), done, skipped, givenBack?.amount ?? 0, at];
        const end = Number(isDone);
        return (await run(ADVANCE, ...values, end, end, id, step)) === 1;
      }),

    stop: ({ id, steered }, at) =>
      withSqlFaults('stopping a job', async () => (await run(STOP, at, id, steered)) === 1),

    resume: ({ id, steered }, at) =>
      withSqlFaults('resuming a job', async () => {
        return (await run(`${RESUME[database.dialect]} ${RESUMED}`, at, id, steered)) === 1;
      }),
  };
}

function conditionsOf({ saleId, state, before }: JobQuery) {
  const all = [
    ...(saleId === undefined ? [] : ([['sale_id = ?', saleId]] as const)),
    ...(state === undefined ? [] : ([['state = ?', state]] as const)),
    ...(before === undefined ? [] : ([['id < ?', before]] as const)),
  ];
  return { where: ['1 = 1', ...all.map(([sql]) => sql)].join(' AND '), params: all.map(([, value]) => value) };
}
