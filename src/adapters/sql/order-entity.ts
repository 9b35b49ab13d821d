import { BigIntType, EntitySchema } from '@mikro-orm/core';
import type { Order, OrderState } from '../../domain/order.ts';
import { IdentifierType } from './identifier-type.ts';

/** A row of `orders`; what is not there is null. The generated column `live` is the database's own affair. */
export interface OrderRow {
  id: string;
  saleId: string;
  productId: string;
  userId: string;
  /** Null for a rejected order. */
  idemKey: string | null;
  ticket: number;
  priceAmount: number;
  priceCurrency: string;
  state: OrderState;
  reservedAt: number;
  payBy: number;
  paidAt: number | null;
  endedAt: number | null;
  /** Why it was rejected. */
  reason: 'ticket' | 'key' | null;
}

/** Milliseconds and cents fit a double for the next 280,000 years: no bigint needed. */
const wholeNumber = () => new BigIntType('number');

export const OrderEntity = new EntitySchema<OrderRow>({
  name: 'Order',
  tableName: 'orders',
  properties: {
    id: { type: 'string', primary: true },
    saleId: { type: 'string' },
    productId: { type: 'string' },
    userId: { type: IdentifierType },
    idemKey: { type: IdentifierType, nullable: true, lazy: true },
    ticket: { type: 'integer' },
    priceAmount: { type: wholeNumber() },
    priceCurrency: { type: 'string' },
    state: { type: 'string' },
    reservedAt: { type: wholeNumber() },
    payBy: { type: wholeNumber() },
    paidAt: { type: wholeNumber(), nullable: true },
    endedAt: { type: wholeNumber(), nullable: true },
    reason: { type: 'string', nullable: true, lazy: true },
  },
});

export function orderOfRow(row: Omit<OrderRow, 'idemKey' | 'reason'>): Order {
  return {
    id: row.id,
    saleId: row.saleId,
    productId: row.productId,
    userId: row.userId,
    ticket: row.ticket,
    price: { amount: row.priceAmount, currency: row.priceCurrency },
    state: row.state,
    reservedAt: row.reservedAt,
    payBy: row.payBy,
    ...(row.paidAt === null ? {} : { paidAt: row.paidAt }),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
  };
}
