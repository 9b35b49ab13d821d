import { createIdSource } from '../../src/domain/ids.ts';
import type { Order } from '../../src/domain/order.ts';
import type { NewOrder } from '../../src/ports/order-store.ts';

const HOUR_MS = 3_600_000;

/** Strictly increasing ids of this process. */
export const nextOrderId = createIdSource({ node: 1, now: Date.now });

let sales = 0;

/** A new sale id for each test, so that tests can share a store. */
export function nextSaleId(): string {
  sales += 1;
  return `sale-${sales}`;
}

export type OrderParts = Partial<Order> & Pick<Order, 'saleId' | 'tickets'> & { readonly key?: string };

/** A reserved order, as it is read from the log. */
export function newOrder({ key, ...parts }: OrderParts): NewOrder {
  const id = parts.id ?? nextOrderId();
  const reservedAt = parts.reservedAt ?? 1_750_000_000_123;
  const order: Order = {
    id,
    productId: 'product-1',
    userId: `user-${id}`,
    price: { amount: 12_999, currency: 'USD' },
    state: 'reserved',
    reservedAt,
    payBy: reservedAt + HOUR_MS,
    ...parts,
  };
  return { order, key: key ?? `o:${id}` };
}

/** A reserved order as buyers see one. */
export const demoOrder: Order = {
  id: '1JG8Z5E4T00000',
  saleId: 'demo',
  productId: 'poster',
  userId: 'u1',
  tickets: [7],
  price: { amount: 12999, currency: 'USD' },
  state: 'reserved',
  reservedAt: Date.UTC(2026, 10, 21, 9, 6, 55, 120),
  payBy: Date.UTC(2026, 10, 21, 9, 16, 55, 120),
};
