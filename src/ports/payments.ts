import type { Money } from '../domain/money.ts';
import type { Order } from '../domain/order.ts';

/** What a provider tells, once its message is known to be its own. */
export interface PaymentEvent {
  /** Unique to the message: a repeated one has the same. */
  readonly id: string;
  /** `captured`: the money is ours. Others are for the log only. */
  readonly type: 'captured' | 'other';
  readonly paymentId: string;
  readonly orderId: string;
}

/** Why a message can't be taken for the provider's. */
export type WebhookRefusal =
  /** No signature, a malformed one, or one by another key. */
  | 'signature'
  /** Signed too long ago, or ahead of our clock: possibly a recorded one, played again. */
  | 'timestamp'
  /** Signed, and still no event. */
  | 'body';

/**
 * The payment provider. What came of a charge is told by its signed message (webhook) only.
 * Errors: Fault `unavailable`, `timeout` (both: unknown; asking again is safe).
 */
export interface Payments {
  /**
   * Asks to take the money of an order. One payment an order, however often it is asked. Resolves once the provider has
   * delivered its message, or gave up delivering it for now; whether the order is paid stands in the order store.
   */
  charge(order: Pick<Order, 'id' | 'userId' | 'price'>): Promise<void>;

  /** Gives the money of a payment back. Once, however often it is asked. */
  refund(paymentId: string, price: Money): Promise<void>;

  /** Takes a received message apart. `signature` is the header's value, `body` the bytes as received. */
  read(signature: string, body: Uint8Array): PaymentEvent | WebhookRefusal;
}
