import { Fault } from '../../domain/errors.ts';
import { JOB_ID_LENGTH } from '../../domain/ids.ts';
import { type Job, type JobKind, type JobState, MAX_REASON_LENGTH, type NewJob } from '../../ports/jobs.ts';
import { isBadText, MAX_KEY, MAX_NAME, MAX_USER_ID } from './storable.ts';
import { textOf } from './text-of.ts';

/** A row of `jobs`. */
export interface JobRow {
  readonly id: string;
  readonly kind: JobKind;
  readonly sale_id: string;
  readonly reason: string;
  readonly return_tickets: number;
  readonly created_by: string | Uint8Array;
  readonly request_key: string | Uint8Array | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly state: JobState;
  readonly step: number;
  readonly steered: number;
  readonly total: number;
  readonly done: number;
  readonly skipped: number;
  readonly given_back: number;
  readonly currency: string;
  readonly last_order: string;
  readonly batch: string;
}

export const JOB_COLUMNS =
  'id, kind, sale_id, reason, return_tickets, created_by, request_key, created_at, updated_at, state, step, steered, total, ' +
  'done, skipped, given_back, currency, last_order, batch';

export function jobOfRow(row: JobRow): Job {
  const { id, kind, sale_id: saleId, reason, state, total, done, skipped, currency, last_order: cursor, batch } = row;
  const givenBack = { amount: Number(row.given_back), currency };
  return {
    id,
    kind,
    saleId,
    reason,
    returnTickets: row.return_tickets === 1,
    by: textOf(row.created_by),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    state,
    progress: {
      ...{ total: Number(total), done: Number(done), skipped: Number(skipped) },
      ...(kind === 'refund' ? { givenBack } : {}),
    },
    step: row.step,
    steered: row.steered,
    ...(cursor === '' ? {} : { cursor }),
    batch: batch === '' ? [] : batch.split(','),
  };
}

/** Whether a request with the same key asked for the same. */
export function repeatsJob(
  { kind, reason, return_tickets }: Pick<JobRow, 'kind' | 'reason' | 'return_tickets'>,
  job: NewJob,
): boolean {
  return kind === job.kind && reason === job.reason && (return_tickets === 1) === job.returnTickets;
}

/** As for orders: see storable.ts. Errors: Fault `corrupt`. */
export function assertStorableJob({ id, saleId, reason, by, key }: NewJob): void {
  const wrong =
    (id.length !== JOB_ID_LENGTH && 'id') ||
    (isBadText(saleId, MAX_NAME) && 'sale id') ||
    (isBadText(reason, MAX_REASON_LENGTH) && 'reason') ||
    (isBadText(by, MAX_USER_ID) && 'user id') ||
    (key !== undefined && isBadText(key, MAX_KEY) && 'key');
  if (wrong !== false) throw new Fault('corrupt', `a job cannot be stored: bad ${wrong}`);
}
