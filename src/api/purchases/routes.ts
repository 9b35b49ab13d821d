import { Type } from '@sinclair/typebox';
import { requirePrincipal } from '../auth/access.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { OrderId, SaleId } from '../http/common-schemas.ts';
import type { Operation } from '../http/operation.ts';
import { sendRendered } from '../http/problem.ts';
import { OrderSchema } from '../orders/schema.ts';
import { IdempotencyKey, keyOf, Replayed, refusalOfKey } from './idempotency-key.ts';
import { PurchaseBody, quantityOf } from './quantity.ts';
import { type SubmitPurchaseDeps, submitPurchase } from './submit.ts';

export interface PurchaseRoutesDeps extends SubmitPurchaseDeps {
  readonly purchases: SubmitPurchaseDeps['purchases'] & {
    /** Whether there is no room for one more purchase; asked before the request is read, and true counts it as refused. */
    shouldShed(): boolean;
  };
  readonly auth: Authenticator;
}

/** The hot path: one synchronous pass, and two closures for the answer. */
export function purchaseRoutes(deps: PurchaseRoutesDeps): readonly Operation[] {
  return [
    {
      method: 'POST',
      pattern: '/v1/sales/:saleId/purchases',
      doc: {
        id: 'purchase',
        tag: 'sales',
        summary: 'Buy one or several tickets',
        description:
          'Each call makes one order of `quantity` tickets, of all of them or of none. 201 means that the order is durable. 503 means that nothing was bought or that the ' +
          'outcome is unknown: repeat the request with the same Idempotency-Key, it never buys twice.',
        auth: 'required',
        path: [SaleId],
        headers: { 'Idempotency-Key': IdempotencyKey },
        body: PurchaseBody,
        responses: {
          201: {
            description: 'The order. A repeated Idempotency-Key gets the same answer, byte for byte.',
            schema: OrderSchema,
            headers: {
              Location: Type.String({
                description: 'The URL of the order.',
                examples: [`/v1/orders/${OrderId.examples[0]}`],
              }),
              'Idempotent-Replayed': Replayed,
            },
          },
        },
        problems: [
          'not_found',
          'not_started',
          'ended',
          'paused',
          'closed',
          'sold_out',
          'not_enough_left',
          'limit_reached',
          'too_many_orders',
          'unsupported_media_type',
          'invalid',
          'key_mismatch',
          'rate_limited',
          'overloaded',
          'recovering',
          'draining',
        ],
      },
      shouldShed: () => deps.purchases.shouldShed(),
      handle(request, reply) {
        const principal = requirePrincipal(deps.auth, request, reply);
        if (principal === undefined) return;
        const { requestId } = request;
        const idempotencyKey = keyOf(request.idempotencyKey);
        const refused = refusalOfKey(idempotencyKey, requestId);
        if (refused !== undefined) return sendRendered(reply, refused);
        const read = quantityOf(request);
        if (!read.ok) return sendRendered(reply, read.answer);
        const [saleId, { userId }, quantity] = [request.params[0] as string, principal, read.value];
        const purchase = { saleId, userId, idempotencyKey, quantity, requestId };
        submitPurchase(deps, purchase, (answer) => sendRendered(reply, answer));
      },
    },
  ];
}
