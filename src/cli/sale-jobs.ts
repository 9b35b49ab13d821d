import { withJobs } from '../app/commands/jobs.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import type { JobKind } from '../ports/jobs.ts';
import { printJob } from './job-text.ts';

/** The actions of `floodgate sale` that start a job. */
const KIND_OF = { refund: 'refund', 'cancel-orders': 'cancel' } as const satisfies Record<string, JobKind>;

type JobAction = keyof typeof KIND_OF;

export function isJobAction(action: string): action is JobAction {
  return Object.hasOwn(KIND_OF, action);
}

interface Options {
  readonly saleId: string;
  readonly by: string;
  readonly json: boolean;
  readonly reason?: string | undefined;
  readonly 'return-tickets'?: boolean | undefined;
}

/** Starts a job on the orders of a sale and prints it; the scheduler of a running server does the work. */
export async function startJob(action: JobAction, { saleId, by, json, ...options }: Options): Promise<void> {
  const { reason, 'return-tickets': returned } = options;
  const kind = KIND_OF[action];
  if (reason === undefined)
    throw new Fault('config', `the reason is missing: floodgate sale ${action} <sale> --reason`);
  if (returned && kind === 'cancel') {
    throw new Fault(
      'config',
      '--return-tickets is for refunds: the tickets of cancelled orders always go back on sale',
    );
  }
  const request = { kind, saleId, reason, returnTickets: kind === 'cancel' || (returned ?? false), by };
  const outcome = await withJobs(loadConfig(), (jobs) => jobs.start(request));
  switch (outcome.kind) {
    case 'started':
      return printJob(outcome.job, json);
    case 'unknown':
      throw new Fault('config', `there is no sale ${saleId}`);
    case 'badReason':
      throw new Fault('config', `--reason ${outcome.message}`);
    case 'alreadyRunning':
      throw new Fault(
        'config',
        `the job ${outcome.job.id} does this already: see 'floodgate job show ${outcome.job.id}'`,
      );
    default:
      throw new Fault('config', `no job was started for ${saleId}: it has not been published`);
  }
}
