import { parseArgs } from 'node:util';
import { withJobs } from '../app/commands/jobs.ts';
import { loadConfig } from '../config.ts';
import { Fault } from '../domain/errors.ts';
import { isJobId } from '../domain/ids.ts';
import { JOB_STATES, type JobState } from '../ports/jobs.ts';
import type { JobAdmin, SteerJobOutcome } from '../services/job-admin.ts';
import { printJob } from './job-text.ts';

const HELP = `Usage: floodgate job list [--sale <id>] [--state running|stopped|done] [--json]
       floodgate job show|stop|resume <job> [--json]

Jobs refund or cancel the orders of a sale in the background: 'floodgate sale refund' and 'cancel-orders' start them, and
the scheduler of a running server does the work.

  list    all jobs, newest first
  show    a job and its progress
  stop    after the batch of orders that it is handling
  resume  goes on where it was stopped

  --json  each job as JSON, as the API sends it
`;

const PAGE = 200;

const STEER = {
  show: async (jobs, id) => {
    const job = await jobs.job(id);
    return job === undefined ? { kind: 'unknown' } : { kind: 'changed', job };
  },
  stop: (jobs, id) => jobs.stop(id),
  resume: (jobs, id) => jobs.resume(id),
} as const satisfies Record<string, (jobs: JobAdmin, id: string) => Promise<SteerJobOutcome>>;

/** Lists, shows, stops and resumes jobs, beside running servers. */
export async function job(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      sale: { type: 'string' },
      state: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { sale, state, json = false } = values;
  const [action = '', id, ...more] = positionals;
  if (action === 'list' && id === undefined) await list(sale, state, json);
  else if (isSteer(action) && id !== undefined && more.length === 0) await steer(action, id, json);
  else throw new Fault('config', `the arguments are wrong: see 'floodgate job --help'`);
  return 0;
}

async function list(saleId: string | undefined, state: string | undefined, json: boolean): Promise<void> {
  if (state !== undefined && !isState(state)) {
    throw new Fault('config', `--state must be ${JOB_STATES.join(', ')}, not '${state}'`);
  }
  await withJobs(loadConfig(), async (jobs) => {
    let before: string | undefined;
    do {
      const page = await jobs.list({ saleId, state, before, limit: PAGE });
      for (const one of page.items) printJob(one, json);
      before = page.next;
    } while (before !== undefined);
  });
}

async function steer(action: keyof typeof STEER, typed: string, json: boolean): Promise<void> {
  // It may be read out or typed.
  const id = typed.toUpperCase();
  const outcome = await withJobs(loadConfig(), async (jobs): Promise<SteerJobOutcome> => {
    return isJobId(id) ? STEER[action](jobs, id) : { kind: 'unknown' };
  });
  switch (outcome.kind) {
    case 'changed':
      return printJob(outcome.job, json);
    case 'unknown':
      throw new Fault('config', `there is no job ${typed}`);
    case 'done':
      throw new Fault('config', `the job ${id} is done: there is nothing to ${action}`);
    case 'stale':
      throw new Fault('config', `the job ${id} was stopped or resumed meanwhile`);
    default:
      throw new Fault(
        'config',
        `the job ${outcome.job.id} of the same kind is running in its sale: stop that one first`,
      );
  }
}

function isState(state: string): state is JobState {
  return JOB_STATES.some((one) => one === state);
}

function isSteer(action: string): action is keyof typeof STEER {
  return Object.hasOwn(STEER, action);
}
