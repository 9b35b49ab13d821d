import type { OrderJson } from '../../../src/api/orders/schema.ts';
import type { SteeringAct } from '../scenario.ts';

/** An answer received by a buyer. */
export interface PurchaseAnswer {
  readonly saleId: string;
  readonly userId: string;
  readonly key: string | undefined;
  readonly quantity: number;
  /** When the request was sent and its answer received, virtual ms. */
  readonly sentAt: number;
  readonly at: number;
  readonly status: number;
  readonly body: string;
}

/** The final answer to an action of an order's owner. */
export interface OrderAnswer {
  readonly orderId: string;
  readonly action: 'pay' | 'cancel' | 'look';
  readonly status: number;
  readonly body: string;
}

/** The final answer to an admin. */
export interface Steered {
  readonly saleId: string;
  readonly act: SteeringAct;
  /** The kind of the outcome. */
  readonly kind: string;
  /** Whether an earlier call of the same act may have had an effect that the answer does not know of. */
  readonly repeated: boolean;
}

/** What an admin was told is given back. */
export interface Refunded {
  readonly orderId: string;
  readonly key: string;
  /** Minor units. */
  readonly amount: number;
}

/** A time in which nothing may be sold, milliseconds since 1970. */
export interface Pause {
  readonly saleId: string;
  readonly from: number;
  to: number;
}

/** Everything that buyers and admins know: the external checks need nothing else. */
export class History {
  readonly purchases: PurchaseAnswer[] = [];
  readonly orders: OrderAnswer[] = [];
  readonly steered: Steered[] = [];
  readonly pauses: Pause[] = [];
  readonly refunds: Refunded[] = [];
  /** Requests that never got a definite answer. */
  readonly unanswered: string[] = [];
  /** Buyers that are still active. */
  busy = 0;

  bought(): readonly (PurchaseAnswer & { readonly order: OrderJson })[] {
    return this.purchases
      .filter(({ status }) => status === 201)
      .map((answer) => ({ ...answer, order: JSON.parse(answer.body) as OrderJson }));
  }
}
