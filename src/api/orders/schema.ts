import { type Static, Type } from '@sinclair/typebox';
import { ORDER_ID_PATTERN } from '../../domain/ids.ts';
import { MAX_QUANTITY, ORDER_STATES } from '../../domain/order.ts';
import { MoneySchema, OrderId, SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import { Page } from '../http/page.ts';

const OtherOrder = (description: string) => Type.String({ pattern: ORDER_ID_PATTERN, description });

export const OrderSchema = Type.Object(
  {
    id: OrderId,
    saleId: SaleId,
    productId: Type.String(),
    userId: Type.String({ description: "The buyer: the token's `sub`." }),
    tickets: Type.Array(
      Type.Integer({
        minimum: 1,
        description: "1 to the sale's total; no two live orders of a sale have the same.",
      }),
      { minItems: 1, maxItems: MAX_QUANTITY, description: 'The tickets of the order, ascending.' },
    ),
    quantity: Type.Integer({ minimum: 1, maximum: MAX_QUANTITY, description: 'How many tickets it has.' }),
    price: MoneySchema,
    total: MoneySchema,
    state: StringEnum(ORDER_STATES, 'The state of the order.'),
    reservedAt: Time('When the tickets were reserved.'),
    payBy: Time('An order that is not paid by then expires, and its tickets go back on sale.'),
    paidAt: Type.Optional(Time('When it was paid.')),
    endedAt: Type.Optional(Time('When it was cancelled, expired or rejected.')),
    heldUntil: Type.Optional(Time('A payment has begun: the order is kept for its result, until then at the latest.')),
    refunded: Type.Optional(MoneySchema),
    rebookedAs: Type.Optional(
      OtherOrder('It had ended when its money came: the paid order that the money has bought.'),
    ),
    rebookOf: Type.Optional(OtherOrder('The order for which the money of this one came too late.')),
  },
  {
    description:
      'Tickets of one buyer: they are paid, cancelled and expire together. `price` is that of one ticket, `refunded` what was ' +
      'given back of what was paid, or will be.',
    examples: [
      {
        id: '1JG8Z5E4T00000',
        saleId: 'demo',
        productId: 'poster',
        userId: 'u1',
        tickets: [7, 8],
        quantity: 2,
        price: { amount: 12999, currency: 'USD' },
        total: { amount: 25998, currency: 'USD' },
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
