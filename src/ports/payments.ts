import type { Money } from '../domain/money.ts';
import type { Order } from '../domain/order.ts';

/** The content of an authentic message of the provider. */
export interface PaymentEvent {
  /** Unique to the message; a repeated message has the same id. */
  readonly id: string;
  /** `captured`: the payment succeeded; `failed`: it has failed for good. Others are only logged. */
  readonly type: 'captured' | 'failed' | 'other';
  readonly paymentId: string;
  readonly orderId: string;
  /** What the payment took, or would have taken, by the provider's account; it may differ from the order's total. */
  readonly amount: Money;
}

/** Money to give back. */
export interface PaymentRefund {
  /** With `kind`, unique to this refund: the provider's idempotency key. */
  readonly id: string;
  /** All of a payment that pays nothing, whose id it has, or what was requested. */
  readonly kind: 'payment' | 'request';
  readonly paymentId: string;
  /** Not more than the payment took, together with its other refunds. */
  readonly amount: Money;
}

/** Why a message was refused. */
export type WebhookRefusal =
  /** The signature is missing, malformed, or by another key. */
  | 'signature'
  /** Signed too long ago, or ahead of our clock: it may be a replay attack. */
  | 'timestamp'
  /** The signature is valid, but the body is not an event. */
  | 'body';

/**
 * The payment provider. Only its signed message (webhook) reports the result of a charge.
 * Errors: Fault `unavailable`, `timeout` (both: the result is unknown, and the call may be repeated).
 */
export interface Payments {
  /**
   * Requests the payment of an order; repeated calls charge it once. Resolves when the provider has delivered its
   * message, or has given up for now; whether the order is paid is in the order store. What is charged is the order's total.
   */
  charge(order: Pick<Order, 'id' | 'userId' | 'tickets' | 'price'>): Promise<void>;

  /** Gives back so much of a payment; repeated calls with the same `kind` and `id` give it back once. */
  refund(refund: PaymentRefund): Promise<void>;

  /** Verifies and parses a message. `signature` is the header's value, `body` the bytes as received. */
  read(signature: string, body: Uint8Array): PaymentEvent | WebhookRefusal;
}
