import type { Money } from '../domain/money.ts';
import type { Order } from '../domain/order.ts';
import type { PaymentRefund } from './payments.ts';

/** A successful payment of an order, as the provider reported it. */
export interface Capture {
  /** Unique to the provider's message; a repeated message changes nothing. */
  readonly eventId: string;
  /** Unique to the payment. */
  readonly paymentId: string;
  readonly orderId: string;
  /** What was captured. */
  readonly amount: Money;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type CaptureResult =
  /** The order is paid by this capture, now or earlier. It is another order than the one captured for if that had ended. */
  | { readonly kind: 'paid'; readonly order: Order }
  /** The order had expired, or was rejected: this payment shall buy as many tickets again, see `rebookingsDue`. */
  | { readonly kind: 'rebookingDue'; readonly order: Order }
  /** The order was cancelled, or paid by another payment: this payment has to be refunded, see `refundsDue`. */
  | { readonly kind: 'refundDue'; readonly order: Order }
  /**
   * It is not of the order's total: nothing is paid by it. It is recorded, and has to be refunded unless other captures of
   * the same payment are known, which a person has to sort out.
   */
  | { readonly kind: 'mismatch'; readonly order: Order }
  /** No such order is stored. Nothing was recorded. */
  | { readonly kind: 'unknownOrder' };

/** A payment whose order had ended when it came. */
export interface RebookingDue {
  readonly paymentId: string;
  /** The order that had ended. */
  readonly order: Order;
}

/** Money that has to be given back: all of a payment that pays nothing, or what an admin refunds. */
export interface RefundDue extends PaymentRefund {
  readonly orderId: string;
}

/** What an admin gives back of a paid order. */
export interface RefundRequest {
  /** Unique; a repetition of the same request adds nothing. 1 to 64 ASCII characters. */
  readonly id: string;
  readonly orderId: string;
  /** Minor units, 1 or more. @default all that was not given back yet */
  readonly amount?: number;
  /** Whether the tickets go back on sale, which cancels the order: only if nothing of its money is kept. */
  readonly returnTickets: boolean;
  /** 1 to 500 UTF-16 units. */
  readonly reason: string;
  /** The admin's user id. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A refund that was requested. */
export interface Refund extends Omit<RefundRequest, 'amount'> {
  readonly amount: Money;
  /** When the provider had accepted it, milliseconds since 1970; undefined while it is due. */
  readonly refundedAt?: number;
}

export type RefundResult =
  /** By this call, or `repeated`, by an earlier one. */
  | { readonly kind: 'refunded'; readonly order: Order; readonly refund: Refund; readonly repeated: boolean }
  | { readonly kind: 'unknownOrder' }
  /** An earlier request with this id was another one. */
  | { readonly kind: 'idTaken' }
  /** It is not paid, or all of its money was given back. */
  | { readonly kind: 'notRefundable'; readonly order: Order }
  /** Only so much, in minor units, was not given back yet. */
  | { readonly kind: 'tooMuch'; readonly order: Order; readonly left: number }
  /** Tickets can't be returned while some of the money is kept. */
  | { readonly kind: 'keepsMoney'; readonly order: Order; readonly left: number };

/** The payments of a sale, in minor units of its currency; MAX_AMOUNT for any sum beyond it. */
export interface SaleMoney {
  /** The totals of the paid orders added up, without what was given back of them. */
  readonly revenue: number;
  /** What payments of the right amount took, those included that were given back. */
  readonly captured: number;
  /** What of that was given back, or will be. */
  readonly givenBack: number;
  /** The number of payments and requests that were refunded, or will be. */
  readonly refunded: number;
  /** The number of captures of another amount or currency than their order's total, refunded or not. */
  readonly mismatched: number;
}

/** The money of orders, which the order store keeps with them: a change of both is one transaction. */
export interface OrderPayments {
  /**
   * Keeps a reserved order until `until`, because its payment begins: its deadline does not end it before. Once for an order: a
   * later call moves nothing. Returns the order as it is then; undefined if it is not stored.
   */
  holdForPayment(orderId: string, until: number): Promise<Order | undefined>;

  /** The payment of the order has failed: a reserved order has its own deadline again, and can be held anew. */
  endHold(orderId: string): Promise<void>;

  /**
   * Records a capture, with its event, and marks the order as paid if it is reserved; all in one transaction. The same
   * payment or event gives the same result again. A capture of another amount or currency than the order's total pays nothing,
   * and does not keep the right one of the same payment from paying: that ends the refund of the wrong one.
   */
  capture(capture: Capture): Promise<CaptureResult>;

  /** Payments that shall buy tickets again, oldest first. */
  rebookingsDue(limit: number): Promise<readonly RebookingDue[]>;

  /**
   * Marks the stored order `orderId` as paid by this payment, whose own order had ended, and connects the two. If that order is
   * not reserved (any more), the payment has to be refunded. Idempotent; `unknown` if either is not stored, and nothing is done.
   */
  rebooked(paymentId: string, orderId: string, at: number): Promise<'paid' | 'refundDue' | 'unknown'>;

  /** The payment can't buy tickets again: it has to be refunded. */
  notRebooked(paymentId: string): Promise<void>;

  /**
   * Requests a refund of a paid order: in one transaction it is recorded as due, and the order has it in `refunded`. Of
   * concurrent calls none gives back what another one does.
   */
  refund(request: RefundRequest): Promise<RefundResult>;

  /** The refunds that admins requested of an order, oldest first. */
  refundsOf(orderId: string): Promise<readonly Refund[]>;

  /** Money that has to be given back, oldest first. */
  refundsDue(limit: number): Promise<readonly RefundDue[]>;

  /** Marks it as given back. */
  refunded(due: Pick<RefundDue, 'id' | 'kind'>, at: number): Promise<void>;

  money(saleId: string): Promise<SaleMoney>;
}
