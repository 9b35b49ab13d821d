import type { OrderJson } from '../../../src/api/orders/schema.ts';

/** An answer that a buyer got. */
export interface Told {
  readonly saleId: string;
  readonly userId: string;
  readonly key: string | undefined;
  /** When the request was sent and when its answer came, virtual ms. */
  readonly sentAt: number;
  readonly at: number;
  readonly status: number;
  readonly body: string;
}

/** What an order's owner was told about it, in the end. */
export interface ToldOfOrder {
  readonly orderId: string;
  readonly wish: 'pay' | 'cancel' | 'look';
  readonly status: number;
  readonly body: string;
}

/** All that buyers know: the checks from the outside need nothing else. */
export class History {
  readonly purchases: Told[] = [];
  readonly orders: ToldOfOrder[] = [];
  /** Those who never got an answer that they could go by. */
  readonly unanswered: string[] = [];
  /** Buyers that are not done yet. */
  busy = 0;

  bought(): readonly (Told & { readonly order: OrderJson })[] {
    return this.purchases
      .filter(({ status }) => status === 201)
      .map((told) => ({ ...told, order: JSON.parse(told.body) as OrderJson }));
  }
}
