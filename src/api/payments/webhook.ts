import { type Static, Type } from '@sinclair/typebox';
import type { WebhookRefusal } from '../../ports/payments.ts';
import type { PaymentEvents } from '../../services/payment-events.ts';
import { handleFaults, type OnFault } from '../http/handle-faults.ts';
import { JSON_TYPE, serialiser } from '../http/json.ts';
import type { Operation } from '../http/operation.ts';
import { constantProblem, sendRendered } from '../http/problem.ts';

export interface PaymentWebhookDeps {
  readonly payments: Pick<PaymentEvents, 'receive'>;
  readonly onFault: OnFault;
}

const ReceivedSchema = Type.Object(
  { received: Type.Boolean({ description: 'The event need not be sent again.' }) },
  { examples: [{ received: true }] },
);

const RECEIVED = serialiser(ReceivedSchema)({ received: true } satisfies Static<typeof ReceivedSchema>);

/** The members of an event depend on the provider; its adapter reads them. */
const EventBody = Type.Object(
  {},
  {
    additionalProperties: true,
    minProperties: 1,
    description: "The provider's event, exactly the bytes that were signed.",
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
  body: constantProblem('malformed', { detail: 'The body is not an event of the payment provider.' }),
  // Not 404: to some providers a 4xx is final.
  unknownOrder: constantProblem('unavailable', {
    detail: 'No such order is known, or not yet: send the event again.',
  }),
} as const satisfies Record<WebhookRefusal | 'unknownOrder', unknown>;

/** Receives the payment provider's events. No token: the signature of the body authenticates the sender. */
export function paymentWebhook({ payments, onFault }: PaymentWebhookDeps): readonly Operation[] {
  return [
    {
      method: 'POST',
      pattern: '/v1/webhooks/payments',
      doc: {
        id: 'paymentWebhook',
        tag: 'orders',
        summary: 'Receive an event of the payment provider',
        description:
          'For the provider only. Floodgate-Signature is `t=<seconds>,v1=<hex>`: the HMAC-SHA256 of the time, a dot and the ' +
          'body; the time must be within 300 seconds of now. An event that was received before changes nothing; one that ' +
          'was answered 503 has to be sent again, as is one whose order is not known yet.',
        auth: 'signature',
        body: EventBody,
        responses: { 200: { description: 'The event was received.', schema: ReceivedSchema } },
        problems: ['recovering'],
      },
      handle: handleFaults(onFault, async (request, reply) => {
        const result = await payments.receive(request.signature, request.body);
        if (result === 'received') return reply.send(200, JSON_TYPE, RECEIVED);
        sendRendered(reply, REFUSALS[result](request.requestId));
      }),
    },
  ];
}
