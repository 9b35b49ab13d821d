import { Type } from '@sinclair/typebox';
import { isJobId } from '../../domain/ids.ts';
import type { JobAdmin, SteerJobOutcome } from '../../services/job-admin.ts';
import { adminDoc, handleForAdmin } from '../admin/operation.ts';
import { BODY_PROBLEMS, EmptyBody, refusalOfBody } from '../http/body.ts';
import { JobId } from '../http/common-schemas.ts';
import { JSON_TYPE, NO_STORE } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { idOfCursor } from '../http/page.ts';
import { sendInvalid, sendProblem, sendRendered } from '../http/problem.ts';
import { queryReader } from '../http/query.ts';
import { expectedVersions } from '../http/versioned.ts';
import { serialiseJob, serialiseJobPage } from './json.ts';
import { JobPageSchema, JobSchema, JobsQuery } from './schema.ts';
import { ADMIN_JOBS, type StartJobDeps, startJobRoutes } from './start-routes.ts';

export interface JobRoutesDeps extends StartJobDeps {
  readonly jobs: Pick<JobAdmin, 'start' | 'list' | 'job' | 'stop' | 'resume'>;
}

const ONE = `${ADMIN_JOBS}/:jobId`;

const readQuery = queryReader(JobsQuery);

export function jobRoutes(deps: JobRoutesDeps): readonly Operation[] {
  return [...startJobRoutes(deps), listJobs(deps), getJob(deps), stopJob(deps), resumeJob(deps)];
}

function listJobs(deps: JobRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: ADMIN_JOBS,
    doc: adminDoc({
      id: 'listJobs',
      summary: 'List jobs',
      query: JobsQuery,
      responses: { 200: { description: 'A page of jobs.', schema: JobPageSchema } },
      problems: ['invalid'],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const query = readQuery(request.query);
      if (!query.ok) return sendInvalid(reply, request.requestId, query.errors);
      const { cursor, ...filters } = query.value;
      const before = cursor === undefined ? undefined : idOfCursor(cursor);
      const page = await deps.jobs.list({ ...filters, before });
      reply.send(200, JSON_TYPE, serialiseJobPage(page.items, page.next), NO_STORE);
    }),
  };
}

function getJob(deps: JobRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: ONE,
    doc: adminDoc({
      id: 'getJob',
      summary: 'Get a job and its progress',
      path: [JobId],
      responses: { 200: { description: 'The job.', schema: JobSchema } },
      problems: ['not_found'],
    }),
    handle: handleForAdmin(deps, async ({ params: [jobId = ''], requestId }, reply) => {
      const job = isJobId(jobId) ? await deps.jobs.job(jobId) : undefined;
      if (job === undefined) return sendProblem(reply, 'not_found', requestId);
      reply.send(200, JSON_TYPE, serialiseJob(job), NO_STORE);
    }),
  };
}

function stopJob(deps: JobRoutesDeps): Operation {
  return steerJob(deps, {
    name: 'stop',
    summary: 'Stop a job',
    description:
      'The batch that is being handled, at most 50 orders, is still finished and counted. What was done stays done. Stopping a ' +
      'stopped job changes nothing.',
    run: (jobId, expected) => deps.jobs.stop(jobId, expected),
  });
}

function resumeJob(deps: JobRoutesDeps): Operation {
  return steerJob(deps, {
    name: 'resume',
    summary: 'Resume a stopped job',
    description: 'It goes on where it was stopped. Resuming a running job changes nothing.',
    run: (jobId, expected) => deps.jobs.resume(jobId, expected),
  });
}

interface Steer {
  readonly name: 'stop' | 'resume';
  readonly summary: string;
  readonly description: string;
  readonly run: (jobId: string, expected: readonly number[] | undefined) => Promise<SteerJobOutcome>;
}

const IfMatch = Type.String({
  description:
    'The `version` of the job that you read, or a list of them: the answer is 412 if it was stopped or resumed since, so that a call ' +
    'that arrives late undoes no later one. Without this header the change is made unconditionally.',
  examples: ['"0"'],
});

const PROBLEM_OF = { unknown: 'not_found', done: 'job_done', stale: 'stale' } as const;

function steerJob(deps: JobRoutesDeps, { name, summary, description, run }: Steer): Operation {
  const problems = [
    'not_found',
    'stale',
    'job_done',
    ...(name === 'resume' ? (['job_running'] as const) : []),
  ] as const;
  return {
    method: 'POST',
    pattern: `${ONE}/${name}`,
    doc: adminDoc({
      id: `${name}Job`,
      summary,
      description,
      path: [JobId],
      headers: { 'If-Match': IfMatch },
      body: EmptyBody,
      responses: { 200: { description: 'The job.', schema: JobSchema } },
      problems: [...problems, ...BODY_PROBLEMS],
    }),
    handle: handleForAdmin(deps, async (request, reply) => {
      const { params, requestId, ifMatch } = request;
      const [jobId = ''] = params;
      const refused = refusalOfBody(request);
      if (refused !== undefined) return sendRendered(reply, refused);
      const outcome = isJobId(jobId) ? await run(jobId, expectedVersions(ifMatch)) : ({ kind: 'unknown' } as const);
      if (outcome.kind === 'changed') return reply.send(200, JSON_TYPE, serialiseJob(outcome.job), NO_STORE);
      if (outcome.kind === 'alreadyRunning')
        return sendProblem(reply, 'job_running', requestId, { jobId: outcome.job.id });
      sendProblem(reply, PROBLEM_OF[outcome.kind], requestId);
    }),
  };
}
