import { type Static, Type } from '@sinclair/typebox';
import type { WebhookRefusal } from '../../ports/payments.ts';
import type { PaymentEvents } from '../../services/payment-events.ts';
import type { Operation } from '../http/operation.ts';
import { constantProblem, sendRendered } from '../http/problem.ts';
import { type OnFault, reading } from '../http/reading.ts';
import { serialiser } from '../http/serialise.ts';
import { JSON_TYPE } from '../orders/json.ts';

export interface PaymentWebhookDeps {
  readonly payments: Pick<PaymentEvents, 'receive'>;
  readonly onFault: OnFault;
}

const ReceivedSchema = Type.Object(
  { received: Type.Boolean({ description: 'It need not be sent again.' }) },
  { examples: [{ received: true }] },
);

const RECEIVED = serialiser(ReceivedSchema)({ received: true } satisfies Static<typeof ReceivedSchema>);

/** Which members an event has is between the provider and its adapter. */
const EventBody = Type.Object(
  {},
  {
    additionalProperties: true,
    minProperties: 1,
    description: "The provider's event, byte for byte as it was signed.",
    examples: [
      {
        id: 'evt_1JG8Z5E4T00000',
        type: 'payment.captured',
        createdAt: '2026-11-21T09:07:10.000Z',
        data: { paymentId: 'pay_1JG8Z5E4T00000', orderId: '1JG8Z5E4T00000', amount: 12999, currency: 'USD' },
      },
    ],
  },
);

// RFC 9110, section 15.5.2: a 401 names a scheme.
const CHALLENGE = [['www-authenticate', 'Floodgate-Signature']] as const;

const REFUSALS = {
  signature: constantProblem('unauthenticated', { detail: 'The signature is not valid.', headers: CHALLENGE }),
  timestamp: constantProblem('unauthenticated', {
    detail: 'The message was signed too long ago, or in the future.',
    headers: CHALLENGE,
  }),
  body: constantProblem('malformed', { detail: 'The body is no event of the payment provider.' }),
} as const satisfies Record<WebhookRefusal, unknown>;

/** Where the payment provider sends its messages. No token: the signature of the very bytes proves who sent them. */
export function paymentWebhook({ payments, onFault }: PaymentWebhookDeps): readonly Operation[] {
  return [
    {
      method: 'POST',
      pattern: '/v1/webhooks/payments',
      doc: {
        id: 'paymentWebhook',
        tag: 'orders',
        summary: "Take the payment provider's message",
        description:
          'For the provider only. Floodgate-Signature is `t=<seconds>,v1=<hex>`: HMAC-SHA256 of the time, a dot and the ' +
          'body, not more than 300 seconds from now. A message that was received before changes nothing; one that got 503 ' +
          'has to be sent again.',
        auth: 'signature',
        body: EventBody,
        responses: { 200: { description: 'The message was received.', schema: ReceivedSchema } },
        problems: ['recovering'],
      },
      handle: reading(onFault, async (request, reply) => {
        const result = await payments.receive(request.signature, request.body);
        if (result === 'received') return reply.send(200, JSON_TYPE, RECEIVED);
        sendRendered(reply, REFUSALS[result](request.requestId));
      }),
    },
  ];
}
