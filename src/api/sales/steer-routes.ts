import { Type } from '@sinclair/typebox';
import type { ArchiveOutcome } from '../../services/archive-sale.ts';
import type { SaleAdmin } from '../../services/sale-admin.ts';
import type { Sales } from '../../services/sales.ts';
import type { AdminCommand, SteerOutcome } from '../../services/steer-sale.ts';
import type { AdminDeps } from '../admin/operation.ts';
import { BODY_PROBLEMS, bodyReader, EmptyBody } from '../http/body.ts';
import { SaleId } from '../http/common-schemas.ts';
import type { Operation } from '../http/operation.ts';
import { parseTime } from '../http/parse-time.ts';
import { sendInvalid, sendRendered } from '../http/problem.ts';
import type { ProblemCode } from '../http/problems.ts';
import { expectedVersions, IfMatch } from '../http/versioned.ts';
import { IdempotencyKey, keyOf, refusalOfKey } from '../purchases/idempotency-key.ts';
import { ADMIN_SALE, handleCommand, handleForSale, saleDoc, saleResponse, sendOutcome } from './admin-reply.ts';
import { AddStockSchema, ExtendSchema } from './admin-schema.ts';
import { saleHistory } from './history-route.ts';

export interface SteerRoutesDeps extends AdminDeps {
  readonly saleAdmin: Pick<SaleAdmin, 'pause' | 'resume' | 'extend' | 'addStock' | 'archive' | 'history'>;
  readonly sales: Pick<Sales, 'viewOf'>;
}

const AddStockKey = Type.String({
  ...IdempotencyKey,
  description: 'Makes retries safe: the same key adds its tickets once. Required without `If-Match`.',
});

const readExtend = bodyReader(ExtendSchema);
const readAddStock = bodyReader(AddStockSchema);

const STEER_PROBLEMS = [
  'not_found',
  'not_published',
  'closed',
  'ended',
  'archived',
  'stale',
  ...BODY_PROBLEMS,
] as const satisfies readonly ProblemCode[];

const ARCHIVE_PROBLEMS = [
  'not_found',
  'not_published',
  'not_over',
  'not_settled',
  'stale',
  ...BODY_PROBLEMS,
] as const satisfies readonly ProblemCode[];

/** What admins do to a published sale, and what they did. */
export function steerRoutes(deps: SteerRoutesDeps): readonly Operation[] {
  return [pauseSale(deps), resumeSale(deps), extendSale(deps), addStock(deps), archiveSale(deps), saleHistory(deps)];
}

function pauseSale(deps: SteerRoutesDeps): Operation {
  return command(deps, {
    name: 'pause',
    summary: 'Pause a sale',
    description:
      'From the answer on no ticket is reserved on any front: purchases get 409 `paused`. Repetitions with their ' +
      'Idempotency-Keys are still answered; orders can still be paid and cancelled, and expire. Pausing a paused sale again ' +
      'changes nothing.',
    response: 'The paused sale.',
    run: (saleId, admin) => deps.saleAdmin.pause(saleId, admin),
  });
}

function resumeSale(deps: SteerRoutesDeps): Operation {
  return command(deps, {
    name: 'resume',
    summary: 'Resume a paused sale',
    description: 'It sells again, until its unchanged end. Resuming a sale that is not paused changes nothing.',
    response: 'The sale.',
    run: (saleId, admin) => deps.saleAdmin.resume(saleId, admin),
  });
}

function archiveSale(deps: SteerRoutesDeps): Operation {
  return command(deps, {
    name: 'archive',
    summary: 'Archive a sale',
    description:
      'Frees the ticket queue of a sale that has ended or was closed, and whose orders are settled: none unpaid, none on ' +
      'its way; otherwise 409 `not_settled` says what is outstanding. A sale that has only ended is closed first. Its orders, ' +
      'report, history and audit stay; it is in no list any more, and purchases get 409 `archived`, repetitions of earlier ' +
      'ones as well. Archiving an archived sale again changes nothing.',
    response: 'The archived sale.',
    problems: ARCHIVE_PROBLEMS,
    run: (saleId, admin) => deps.saleAdmin.archive(saleId, admin),
  });
}

interface Command {
  readonly name: 'pause' | 'resume' | 'archive';
  readonly summary: string;
  readonly description: string;
  readonly response: string;
  /** @default STEER_PROBLEMS */
  readonly problems?: readonly ProblemCode[];
  readonly run: (saleId: string, admin: AdminCommand) => Promise<SteerOutcome | ArchiveOutcome>;
}

function command(deps: SteerRoutesDeps, asked: Command): Operation {
  const { name, summary, description, response, problems = STEER_PROBLEMS, run } = asked;
  return {
    method: 'POST',
    pattern: `${ADMIN_SALE}/${name}`,
    doc: saleDoc({
      id: `${name}Sale`,
      summary,
      description,
      path: [SaleId],
      headers: { 'If-Match': IfMatch },
      body: EmptyBody,
      responses: { 200: saleResponse(response) },
      problems,
    }),
    handle: handleCommand(deps, async (saleId, { requestId, ifMatch }, reply, { userId }) => {
      const outcome = await run(saleId, { by: userId, expected: expectedVersions(ifMatch) });
      await sendOutcome(deps, reply, outcome, requestId);
    }),
  };
}

function extendSale(deps: SteerRoutesDeps): Operation {
  return {
    method: 'POST',
    pattern: `${ADMIN_SALE}/extend`,
    doc: saleDoc({
      id: 'extendSale',
      summary: 'Extend a sale',
      description: 'Moves its end to a later time. The end that it has already changes nothing.',
      path: [SaleId],
      headers: { 'If-Match': IfMatch },
      body: ExtendSchema,
      responses: { 200: saleResponse('The extended sale.') },
      problems: STEER_PROBLEMS,
    }),
    handle: handleForSale(deps, async (saleId, request, reply, { userId }) => {
      const { requestId, ifMatch } = request;
      const body = readExtend(request);
      if (!body.ok) return sendRendered(reply, body.answer);
      // It has passed its schema.
      const closesAt = parseTime(body.value.closesAt) as number;
      const command = { by: userId, expected: expectedVersions(ifMatch), closesAt };
      await sendOutcome(deps, reply, await deps.saleAdmin.extend(saleId, command), requestId);
    }),
  };
}

function addStock(deps: SteerRoutesDeps): Operation {
  return {
    method: 'POST',
    pattern: `${ADMIN_SALE}/add-stock`,
    doc: saleDoc({
      id: 'addStock',
      summary: 'Add tickets to a sale',
      description:
        'They are numbered on from the last one, and on sale at once, also to buyers who were told that it is sold out. Send ' +
        'an Idempotency-Key, or the `ETag` of one version as `If-Match`: a repetition with the same key gets the sale as it is ' +
        'now, one with an old version 412, and neither adds tickets again.',
      path: [SaleId],
      headers: { 'Idempotency-Key': AddStockKey, 'If-Match': IfMatch },
      body: AddStockSchema,
      responses: { 200: saleResponse('The sale with its new total.') },
      problems: [...STEER_PROBLEMS, 'key_mismatch'],
    }),
    handle: handleForSale(deps, async (saleId, request, reply, { userId }) => {
      const { requestId, ifMatch } = request;
      const key = keyOf(request.idempotencyKey);
      const refused = refusalOfKey(key, requestId);
      if (refused !== undefined) return sendRendered(reply, refused);
      const body = readAddStock(request);
      if (!body.ok) return sendRendered(reply, body.answer);
      const expected = expectedVersions(ifMatch);
      if (key === undefined && expected?.length !== 1) return sendInvalid(reply, requestId, [KEY_MISSING]);
      const command = { by: userId, expected, key, quantity: body.value.quantity };
      await sendOutcome(deps, reply, await deps.saleAdmin.addStock(saleId, command), requestId);
    }),
  };
}

const KEY_MISSING = {
  in: 'header',
  path: 'Idempotency-Key',
  message: 'is required, or an If-Match of one version, so that a repetition adds nothing',
} as const;
