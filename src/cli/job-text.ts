import { serialiseJob } from '../api/jobs/json.ts';
import type { Job, JobKind } from '../ports/jobs.ts';

/** What a job makes of orders. */
const DONE = { refund: 'refunded', cancel: 'cancelled' } as const satisfies Record<JobKind, string>;

/** The job in one line, or as JSON as the API sends it. */
export function printJob(job: Job, json: boolean): void {
  process.stdout.write(`${json ? serialiseJob(job) : describe(job)}\n`);
}

function describe({ id, kind, saleId, state, createdAt, progress, reason }: Job): string {
  const { total, done, skipped, givenBack } = progress;
  const orders = `${done} of ${total} orders ${DONE[kind]}, ${skipped} skipped`;
  const money = givenBack === undefined ? [] : [`${givenBack.amount} ${givenBack.currency} (minor units) given back`];
  const since = `since ${new Date(createdAt).toISOString()}`;
  return [id, kind, saleId, state, orders, ...money, since, reason].join('  ');
}
