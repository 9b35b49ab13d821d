import { Type } from '@sinclair/typebox';
import type { Clock } from '../ports/clock.ts';
import type { HttpRequest } from '../ports/http.ts';
import type { PurchaseRequest } from '../streams/purchase-request.ts';
import { requirePrincipal } from './access.ts';
import type { Authenticator } from './auth.ts';
import { OrderId, SaleId, StringEnum } from './common-schemas.ts';
import { EmptyBody, refusalOfBody } from './empty-body.ts';
import { IdempotencyKey, isIdempotencyKey } from './idempotency-key.ts';
import type { Operation } from './operation.ts';
import { OrderSchema } from './order-schema.ts';
import { renderOutcome } from './outcome.ts';
import { problem, type Rendered, sendRendered } from './problem.ts';
import { isSaleId } from './sales-routes.ts';

export interface PurchaseRoutesDeps {
  readonly purchases: { submit(request: PurchaseRequest): void };
  readonly auth: Authenticator;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Whether this process is shutting down. */
  readonly draining: () => boolean;
}

const KEY_ERROR = {
  in: 'header',
  path: 'Idempotency-Key',
  message: 'must be 1 to 255 printable ASCII characters',
} as const;

/** The hot path: one synchronous pass, and one closure that answers. */
export function purchaseRoutes({ purchases, auth, clock, draining }: PurchaseRoutesDeps): readonly Operation[] {
  return [
    {
      method: 'POST',
      pattern: '/v1/sales/:saleId/purchases',
      doc: {
        id: 'purchase',
        tag: 'sales',
        summary: 'Buy one ticket',
        description:
          'One call is one ticket. 201 means that the order is durable. 503 means that what came of it is unknown, or ' +
          'nothing: send it again with the same Idempotency-Key, it never buys twice.',
        auth: 'required',
        path: [SaleId],
        headers: { 'Idempotency-Key': IdempotencyKey },
        body: EmptyBody,
        responses: {
          201: {
            description: 'The order. A repeated Idempotency-Key gets the same bytes.',
            schema: OrderSchema,
            headers: {
              Location: Type.String({
                description: 'Where the order is.',
                examples: [`/v1/orders/${OrderId.examples[0]}`],
              }),
              'Idempotent-Replayed': StringEnum(['true'], 'There when the key was answered before.'),
            },
          },
        },
        problems: [
          'not_found',
          'not_started',
          'ended',
          'closed',
          'sold_out',
          'limit_reached',
          'unsupported_media_type',
          'invalid',
          'key_mismatch',
          'overloaded',
          'recovering',
          'draining',
        ],
      },
      handle(request, reply) {
        const principal = requirePrincipal(auth, request, reply);
        if (principal === undefined) return;
        const { requestId } = request;
        const refused = refusalOf(request);
        if (refused !== undefined) return sendRendered(reply, refused);
        if (draining()) return sendRendered(reply, renderOutcome({ kind: 'draining' }, requestId));
        const saleId = request.params[0] as string;
        if (!isSaleId(saleId)) return sendRendered(reply, renderOutcome({ kind: 'unknownSale' }, requestId));

        purchases.submit({
          saleId,
          userId: principal.userId,
          idempotencyKey: request.idempotencyKey,
          requestId,
          receivedAt: clock.monotonic(),
          respond: (outcome) => sendRendered(reply, renderOutcome(outcome, requestId)),
        });
      },
    },
  ];
}

function refusalOf(request: HttpRequest): Rendered | undefined {
  const { idempotencyKey, requestId } = request;
  if (idempotencyKey !== undefined && !isIdempotencyKey(idempotencyKey)) {
    return problem('invalid', requestId, { errors: [KEY_ERROR] });
  }
  return refusalOfBody(request);
}
