import { type Static, Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { type Order, totalOf } from '../../domain/order.ts';
import type { PaymentEvent } from '../../ports/payments.ts';

// As long as their columns, in printable ASCII: safe in databases and log lines.
const Id = Type.String({ pattern: '^[\\x21-\\x7e]{1,255}$' });

/** A message of the provider. Other members, and events of other types, are accepted: providers add them. */
const EventSchema = Type.Object({
  id: Id,
  type: Type.String({ minLength: 1, maxLength: 255 }),
  createdAt: Type.String({ minLength: 1, maxLength: 64 }),
  data: Type.Object({
    paymentId: Id,
    orderId: Id,
    amount: Type.Integer({ minimum: 0 }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  }),
});

type EventJson = Static<typeof EventSchema>;

const CAPTURED = 'payment.captured';

const TYPES: Readonly<Record<string, PaymentEvent['type']>> = { [CAPTURED]: 'captured', 'payment.failed': 'failed' };

const isEvent = new Ajv({ meta: false, validateSchema: false }).compile<EventJson>(EventSchema);

/** One payment per order: its id is derived from the order's, so that charging twice is charging once. */
export function paymentIdOf(orderId: string): string {
  return `pay_${orderId}`;
}

/** The message that an order was paid; a repeated one has the same id. */
export function capturedEvent(order: Pick<Order, 'id' | 'tickets' | 'price'>, nowMs: number): string {
  const { id } = order;
  const { amount, currency } = totalOf(order);
  const event: EventJson = {
    id: `evt_${id}`,
    type: CAPTURED,
    createdAt: new Date(nowMs).toISOString(),
    data: { paymentId: paymentIdOf(id), orderId: id, amount, currency },
  };
  return JSON.stringify(event);
}

/** Undefined if the bytes are not an event. */
export function parseEvent(body: Uint8Array): PaymentEvent | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
  if (!isEvent(json)) return undefined;
  const { id, type, data } = json;
  const { paymentId, orderId, amount, currency } = data;
  return { id, type: TYPES[type] ?? 'other', paymentId, orderId, amount: { amount, currency } };
}
