import { exhaustMap, filter, type Observable } from 'rxjs';
import { MAX_AMOUNT } from '../../domain/money.ts';
import type { OrderState } from '../../domain/order.ts';
import type { Job, JobKind, JobProgress } from '../../ports/jobs.ts';
import { type Batch, paced, pauseAfterFault } from '../housekeeping/paced.ts';
import type { JobBatch, JobOptions, JobPorts } from './contract.ts';
import { type Handled, handleBatch } from './handle-batch.ts';

export const jobDefaults = {
  // Some 50 ms: a job that is stopped ends soon, and so many refunds at most are not in its figures after a crash.
  batchSize: 50,
  refundsAtOnce: 4,
  // As for housekeeping: a running sale has the database to itself for most of the time.
  pauseFactor: 5,
  maxPauseMs: 150,
  faultPauseMs: 1000,
} as const satisfies JobOptions;

/** The state in which a job looks for orders. */
const WANTED = { refund: 'paid', cancel: 'reserved' } as const satisfies Record<JobKind, OrderState>;

/**
 * Runs, on each tick, the running jobs until all are done or stopped: a batch of each in turn, with pauses. A job goes through
 * the orders of its sale that were reserved before it was created, in the order of their reservations. What becomes `paid` or
 * `reserved` behind its cursor meanwhile is not found any more: for that another job is needed.
 *
 * The orders of a batch are recorded before they are handled, together with what became of the batch before. After a crash
 * exactly these are handled again, under the same refund ids: each order is refunded once, and counted once. Two processes that
 * do the same work do it once; of their records the first counts. A fault is reported, and a later tick tries again; meanwhile
 * other jobs go on. When unsubscribed, it finishes the batch in progress and starts no more.
 */
export function runJobs(
  tick$: Observable<unknown>,
  ports: JobPorts,
  options: JobOptions = jobDefaults,
): Observable<JobBatch> {
  return tick$.pipe(
    exhaustMap(() => pauseAfterFault(paced(rounds(ports, options), ports, options), options)),
    filter(({ done, skipped, isDone, fault }) => done + skipped > 0 || isDone || fault !== undefined),
  );
}

/** Each call handles a batch of the next running job; behind the last one it begins again, until none has more to do. */
function rounds(ports: JobPorts, options: JobOptions): () => Promise<Batch<JobBatch>> {
  const { jobs } = ports;
  const failed = new Set<string>();
  let last = '';
  let hasMore = false;

  const next = async (): Promise<Job | undefined> => {
    let job = await jobs.nextRunning(last);
    while (job !== undefined && failed.has(job.id)) job = await jobs.nextRunning(job.id);
    return job;
  };

  return async () => {
    let job: Job | undefined;
    try {
      job = await next();
      if (job === undefined) {
        const more = hasMore;
        last = '';
        hasMore = false;
        return { results: [], more };
      }
      last = job.id;
      const result = await runBatch(job, ports, options);
      hasMore ||= result?.isDone !== true;
      return { results: result === undefined ? [] : [result], more: true };
    } catch (fault) {
      if (job === undefined) return { results: [faulty(fault)], more: false };
      failed.add(job.id);
      return { results: [{ ...faulty(fault), job: namesOf(job) }], more: true };
    }
  };
}

/** Undefined if another process has recorded the batch. Errors: those of the ports. */
async function runBatch(job: Job, ports: JobPorts, options: JobOptions): Promise<JobBatch | undefined> {
  const { jobs, store, clock } = ports;
  const { id, kind, saleId, createdAt, step, progress } = job;
  const handled = await handleBatch(job, ports, options);
  const cursor = job.batch.at(-1) ?? job.cursor;
  const found = await store.search({
    saleId,
    state: WANTED[kind],
    to: createdAt,
    order: 'oldest',
    ...(cursor === undefined ? {} : { after: cursor }),
    limit: options.batchSize,
  });
  const isDone = found.length === 0;
  const batch = found.map((order) => order.id);
  const to = { step, batch, progress: progressAfter(progress, handled), isDone, at: clock.now() };
  const isRecorded = await jobs.advance(id, { ...to, ...(cursor === undefined ? {} : { cursor }) });
  if (!isRecorded) return undefined;
  return { job: namesOf(job), done: handled.done, skipped: handled.skipped, isDone };
}

function progressAfter({ total, done, skipped, givenBack }: JobProgress, handled: Handled): JobProgress {
  const amount = Math.min((givenBack?.amount ?? 0) + handled.givenBack, MAX_AMOUNT);
  return {
    total,
    done: done + handled.done,
    skipped: skipped + handled.skipped,
    ...(givenBack === undefined ? {} : { givenBack: { ...givenBack, amount } }),
  };
}

function namesOf({ id, kind, saleId }: Job): NonNullable<JobBatch['job']> {
  return { id, kind, saleId };
}

function faulty(fault: unknown): JobBatch {
  return { done: 0, skipped: 0, isDone: false, fault };
}
