import { EntitySchema } from '@mikro-orm/core';
import { IdentifierType, wholeNumber } from './column-types.ts';
import type { OrderRow } from './order-row.ts';

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
    moreTickets: { type: 'string', nullable: true },
    priceAmount: { type: wholeNumber() },
    priceCurrency: { type: 'string' },
    state: { type: 'string' },
    reservedAt: { type: wholeNumber() },
    payBy: { type: wholeNumber() },
    paidAt: { type: wholeNumber(), nullable: true },
    endedAt: { type: wholeNumber(), nullable: true },
    heldUntil: { type: wholeNumber(), nullable: true },
    refundedAmount: { type: wholeNumber(), nullable: true },
    rebookedAs: { type: 'string', nullable: true },
    rebookOf: { type: 'string', nullable: true },
    reason: { type: 'string', nullable: true, lazy: true },
  },
});
