import { type Static, Type } from '@sinclair/typebox';
import { ORDER_STATES } from '../../domain/order.ts';
import { MoneySchema, OrderId, SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import { Page } from '../http/page.ts';

export const OrderSchema = Type.Object(
  {
    id: OrderId,
    saleId: SaleId,
    productId: Type.String(),
    userId: Type.String({ description: "The buyer: the token's `sub`." }),
    ticket: Type.Integer({
      minimum: 1,
      description: "1 to the sale's total; no two live orders of a sale have the same.",
    }),
    price: MoneySchema,
    state: StringEnum(ORDER_STATES, 'The state of the order.'),
    reservedAt: Time('When the ticket was reserved.'),
    payBy: Time('An order that is not paid by then expires, and its ticket goes back on sale.'),
    paidAt: Type.Optional(Time('When it was paid.')),
    endedAt: Type.Optional(Time('When it was cancelled, expired or rejected.')),
  },
  {
    description: 'One ticket for one buyer.',
    examples: [
      {
        id: '1JG8Z5E4T00000',
        saleId: 'demo',
        productId: 'poster',
        userId: 'u1',
        ticket: 1,
        price: { amount: 12999, currency: 'USD' },
        state: 'reserved',
        reservedAt: '2026-11-21T09:06:55.120Z',
        payBy: '2026-11-21T09:16:55.120Z',
      },
    ],
  },
);

/** An order as the API sends it. */
export type OrderJson = Static<typeof OrderSchema>;

export const OrderPageSchema = Page(OrderSchema, 'Orders, newest first unless the query sorts them otherwise.');
