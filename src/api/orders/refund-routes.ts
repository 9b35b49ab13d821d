import type { Static } from '@sinclair/typebox';
import { isOrderId } from '../../domain/ids.ts';
import type { HttpReply } from '../../ports/http.ts';
import type { Refund, RefundResult } from '../../ports/order-payments.ts';
import type { Refunds } from '../../services/refunds.ts';
import { type AdminDeps, adminDoc, handleForAdmin } from '../admin/operation.ts';
import { BODY_PROBLEMS, bodyReader } from '../http/body.ts';
import { OrderId } from '../http/common-schemas.ts';
import { JSON_TYPE, NO_STORE, serialiser } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { sendInvalid, sendProblem, sendRendered } from '../http/problem.ts';
import { createTimeText } from '../http/time-text.ts';
import { IdempotencyKey, keyOf, REPLAYED, Replayed, refusalOfKey } from '../purchases/idempotency-key.ts';
import { RefundListSchema, RefundRequestSchema, RefundSchema } from './refund-schema.ts';

export interface RefundRoutesDeps extends AdminDeps {
  readonly refunds: Pick<Refunds, 'request' | 'of'>;
}

const ONE = '/v1/admin/orders/:orderId';

const readRequest = bodyReader(RefundRequestSchema);
const writeRefund = serialiser(RefundSchema);
const writeRefunds = serialiser(RefundListSchema);
const requestedAtText = createTimeText();
const refundedAtText = createTimeText();

export function refundRoutes(deps: RefundRoutesDeps): readonly Operation[] {
  return [requestRefund(deps), listRefunds(deps)];
}

function requestRefund(deps: RefundRoutesDeps): Operation {
  return {
    method: 'POST',
    pattern: `${ONE}/refund`,
    doc: adminDoc({
      id: 'refundOrder',
      summary: 'Refund a paid order',
      description:
        'Gives back all of what was paid, or a part. The money is on its way once this is answered: the provider is asked until it ' +
        'has accepted. Several refunds of one order never exceed what was paid. With an Idempotency-Key a repetition gives ' +
        'nothing back again.',
      path: [OrderId],
      headers: { 'Idempotency-Key': IdempotencyKey },
      body: RefundRequestSchema,
      responses: {
        202: {
          description: 'The refund, as it was requested.',
          schema: RefundSchema,
          headers: {
            'Idempotent-Replayed': Replayed,
          },
        },
      },
      problems: ['not_found', 'not_refundable', 'key_mismatch', ...BODY_PROBLEMS],
    }),
    handle: handleForAdmin(deps, async (request, reply, { userId }) => {
      const { params, requestId } = request;
      const [orderId = ''] = params;
      const key = keyOf(request.idempotencyKey);
      const refused = refusalOfKey(key, requestId);
      if (refused !== undefined) return sendRendered(reply, refused);
      const body = readRequest(request);
      if (!body.ok) return sendRendered(reply, body.answer);
      const { returnTickets = false, ...asked } = body.value;
      const result: RefundResult = isOrderId(orderId)
        ? await deps.refunds.request(orderId, { ...asked, returnTickets, by: userId, key })
        : { kind: 'unknownOrder' };
      sendResult(reply, result, requestId);
    }),
  };
}

function sendResult(reply: HttpReply, result: RefundResult, requestId: string): void {
  switch (result.kind) {
    case 'refunded': {
      // As it was when it was requested: a repetition is answered with the same bytes.
      const { refundedAt: _, ...requested } = result.refund;
      const headers = result.repeated ? [...NO_STORE, REPLAYED] : NO_STORE;
      reply.send(202, JSON_TYPE, writeRefund(toRefundJson(requested)), headers);
      break;
    }
    case 'unknownOrder':
      sendProblem(reply, 'not_found', requestId);
      break;
    case 'idTaken':
      sendProblem(reply, 'key_mismatch', requestId);
      break;
    case 'notRefundable': {
      const { state, refunded } = result.order;
      const why = refunded === undefined ? `The order is ${state}.` : 'All that was paid is given back.';
      sendProblem(reply, 'not_refundable', requestId, { detail: why });
      break;
    }
    case 'tooMuch':
      sendInvalid(reply, requestId, [{ ...AMOUNT, message: `must be at most ${result.left}: no more is left` }]);
      break;
    case 'keepsMoney':
      sendInvalid(reply, requestId, [
        { ...AMOUNT, message: `must be ${result.left} if the tickets are returned: none of the money may be kept` },
      ]);
  }
}

const AMOUNT = { in: 'body', path: '/amount' } as const;

function listRefunds(deps: RefundRoutesDeps): Operation {
  return {
    method: 'GET',
    pattern: `${ONE}/refunds`,
    doc: adminDoc({
      id: 'listRefunds',
      summary: 'List the refunds of an order',
      description: 'Those that admins requested, oldest first.',
      path: [OrderId],
      responses: { 200: { description: 'The refunds.', schema: RefundListSchema } },
      problems: ['not_found'],
    }),
    handle: handleForAdmin(deps, async ({ params, requestId }, reply) => {
      const [orderId = ''] = params;
      const refunds = isOrderId(orderId) ? await deps.refunds.of(orderId) : undefined;
      if (refunds === undefined) return sendProblem(reply, 'not_found', requestId);
      reply.send(200, JSON_TYPE, writeRefunds({ items: refunds.map(toRefundJson) }), NO_STORE);
    }),
  };
}

/** A refund as the API sends it. */
function toRefundJson({
  id,
  orderId,
  amount,
  returnTickets,
  reason,
  by,
  at,
  refundedAt,
}: Refund): Static<typeof RefundSchema> {
  return {
    id,
    orderId,
    amount,
    state: refundedAt === undefined ? 'pending' : 'refunded',
    reason,
    returnTickets,
    by,
    requestedAt: requestedAtText(at),
    ...(refundedAt === undefined ? {} : { refundedAt: refundedAtText(refundedAt) }),
  };
}

export function serialiseRefund(refund: Refund): string {
  return writeRefund(toRefundJson(refund));
}
