import { Type } from '@sinclair/typebox';
import { requirePrincipal } from '../auth/access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { OrderId, SaleId, StringEnum } from '../http/common-schemas.ts';
import { EmptyBody, refusalOfBody } from '../http/empty-body.ts';
import { IdempotencyKey } from '../http/idempotency-key.ts';
import type { Operation } from '../http/operation.ts';
import { sendRendered } from '../http/problem.ts';
import { OrderSchema } from '../orders/schema.ts';
import { refusalOfKey, type SubmitPurchaseDeps, submitPurchase } from './submit.ts';

export interface PurchaseRoutesDeps extends SubmitPurchaseDeps {
  readonly purchases: SubmitPurchaseDeps['purchases'] & {
    /** Whether one more would find no room, before anything is known of it; it counts as refused then. */
    turnsAway(): boolean;
  };
  readonly auth: Authenticator;
}

/** The hot path: one synchronous pass, and two closures that answer. */
export function purchaseRoutes(deps: PurchaseRoutesDeps): readonly Operation[] {
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
          'rate_limited',
          'overloaded',
          'recovering',
          'draining',
        ],
      },
      shouldShed: () => deps.purchases.turnsAway(),
      handle(request, reply) {
        const principal = requirePrincipal(deps.auth, request, reply);
        if (principal === undefined) return;
        const { requestId, idempotencyKey } = request;
        const refused = refusalOfKey(idempotencyKey, requestId) ?? refusalOfBody(request);
        if (refused !== undefined) return sendRendered(reply, refused);
        const asked = { saleId: request.params[0] as string, userId: principal.userId, idempotencyKey, requestId };
        submitPurchase(deps, asked, (answer) => sendRendered(reply, answer));
      },
    },
  ];
}
