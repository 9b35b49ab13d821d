import { Type } from '@sinclair/typebox';
import type { HttpReply, HttpRequest } from '../../ports/http.ts';
import type { JobAdmin, JobRequest, StartOutcome } from '../../services/job-admin.ts';
import { type AdminDeps, adminDoc } from '../admin/operation.ts';
import { BODY_PROBLEMS, bodyReader, type ParsedBody } from '../http/body.ts';
import { SaleId } from '../http/common-schemas.ts';
import { JSON_TYPE, NO_STORE } from '../http/json.ts';
import type { Operation, OperationDoc } from '../http/operation.ts';
import { sendInvalid, sendProblem, sendRendered } from '../http/problem.ts';
import { IdempotencyKey, keyOf, refusalOfKey } from '../purchases/idempotency-key.ts';
import { ADMIN_SALE, handleForSale } from '../sales/admin-reply.ts';
import { serialiseJob } from './json.ts';
import { CancellationsSchema, JobSchema, RefundsSchema } from './schema.ts';

export interface StartJobDeps extends AdminDeps {
  readonly jobs: Pick<JobAdmin, 'start'>;
}

export const ADMIN_JOBS = '/v1/admin/jobs';

const JobKey = Type.String({
  ...IdempotencyKey,
  description:
    'Makes retries safe: the same key gets the same job, as it is then. Blanks around it are not part of it.',
});

const Location = Type.String({ description: 'The URL of the job.' });

const readRefunds = bodyReader(RefundsSchema);
const readCancellations = bodyReader(CancellationsSchema);

/** Starts jobs on the orders of a sale. */
export function startJobRoutes(deps: StartJobDeps): readonly Operation[] {
  return [refundOrders(deps), cancelOrders(deps)];
}

const ONE_AT_A_TIME =
  'One job of a kind runs in a sale at a time. Only orders that were reserved before are handled; orders are stored a moment ' +
  'after their purchases were answered.';

function refundOrders(deps: StartJobDeps): Operation {
  return {
    method: 'POST',
    pattern: `${ADMIN_SALE}/refunds`,
    doc: startDoc({
      id: 'refundOrders',
      summary: 'Refund all paid orders of a sale',
      description:
        'Starts a job that gives back what was not given back yet of each paid order, in the order of their reservations. Orders ' +
        `that are paid behind it are not found: start another job for them when it is done. ${ONE_AT_A_TIME}`,
      body: RefundsSchema,
    }),
    handle: handleStart(deps, readRefunds, ({ reason, returnTickets = false }) => {
      return { kind: 'refund', reason, returnTickets };
    }),
  };
}

function cancelOrders(deps: StartJobDeps): Operation {
  return {
    method: 'POST',
    pattern: `${ADMIN_SALE}/cancellations`,
    doc: startDoc({
      id: 'cancelOrders',
      summary: 'Cancel all unpaid orders of a sale',
      description:
        'Starts a job that cancels each reserved order; the tickets go back on sale, so close or pause the sale first. Money that ' +
        `comes for a cancelled order is given back. ${ONE_AT_A_TIME}`,
      body: CancellationsSchema,
    }),
    handle: handleStart(deps, readCancellations, ({ reason }) => ({ kind: 'cancel', reason, returnTickets: true })),
  };
}

function startDoc(doc: Pick<OperationDoc, 'id' | 'summary' | 'description' | 'body'>): OperationDoc {
  return adminDoc({
    ...doc,
    path: [SaleId],
    headers: { 'Idempotency-Key': JobKey },
    responses: { 202: { description: 'The job.', schema: JobSchema, headers: { Location } } },
    problems: ['not_found', 'not_published', 'job_running', 'key_mismatch', ...BODY_PROBLEMS],
  });
}

function handleStart<Body>(
  deps: StartJobDeps,
  read: (request: HttpRequest) => ParsedBody<Body>,
  jobOf: (body: Body) => Pick<JobRequest, 'kind' | 'reason' | 'returnTickets'>,
): Operation['handle'] {
  return handleForSale(deps, async (saleId, request, reply, { userId }) => {
    const { requestId } = request;
    const key = keyOf(request.idempotencyKey);
    const refused = refusalOfKey(key, requestId);
    if (refused !== undefined) return sendRendered(reply, refused);
    const body = read(request);
    if (!body.ok) return sendRendered(reply, body.answer);
    sendStarted(reply, await deps.jobs.start({ ...jobOf(body.value), saleId, by: userId, key }), requestId);
  });
}

const PROBLEM_OF = { unknown: 'not_found', notPublished: 'not_published', keyMismatch: 'key_mismatch' } as const;

function sendStarted(reply: HttpReply, outcome: StartOutcome, requestId: string): void {
  if (outcome.kind === 'started') {
    const location = ['location', `${ADMIN_JOBS}/${outcome.job.id}`] as const;
    reply.send(202, JSON_TYPE, serialiseJob(outcome.job), [...NO_STORE, location]);
  } else if (outcome.kind === 'alreadyRunning') {
    sendProblem(reply, 'job_running', requestId, { jobId: outcome.job.id });
  } else if (outcome.kind === 'badReason') {
    sendInvalid(reply, requestId, [{ in: 'body', path: '/reason', message: outcome.message }]);
  } else {
    sendProblem(reply, PROBLEM_OF[outcome.kind], requestId);
  }
}
