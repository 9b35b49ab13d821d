import type { Job } from '../../ports/jobs.ts';
import { serialiser } from '../http/json.ts';
import { pageOf } from '../http/page.ts';
import { createTimeText } from '../http/time-text.ts';
import { type JobJson, JobPageSchema, JobSchema } from './schema.ts';

const createdAtText = createTimeText();
const updatedAtText = createTimeText();

const writeJob = serialiser(JobSchema);
const writePage = serialiser(JobPageSchema);

function toJobJson(job: Job): JobJson {
  const { id, kind, saleId, state, steered, reason, returnTickets, by, createdAt, updatedAt, progress } = job;
  return {
    ...{ id, kind, saleId, state, version: steered, reason, by },
    ...(kind === 'refund' ? { returnTickets } : {}),
    createdAt: createdAtText(createdAt),
    updatedAt: updatedAtText(updatedAt),
    progress,
  };
}

export function serialiseJob(job: Job): string {
  return writeJob(toJobJson(job));
}

/** `next` is the id of the page's last job when more may follow. */
export function serialiseJobPage(items: readonly Job[], next: string | undefined): string {
  return writePage(pageOf(items.map(toJobJson), next));
}
