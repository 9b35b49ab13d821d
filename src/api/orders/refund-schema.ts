import { Type } from '@sinclair/typebox';
import { MoneySchema, OrderId, StringEnum, Time } from '../http/common-schemas.ts';

/** Characters, as JSON Schema counts them. */
export const MAX_REASON = 250;

export const RefundRequestSchema = Type.Object(
  {
    amount: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "In the currency's minor unit; all that was not given back yet if it is left out.",
      }),
    ),
    reason: Type.String({
      maxLength: MAX_REASON,
      // Something, and no half of a character, which no database stores.
      pattern: '^\\s*[^\\s\\p{Cs}][^\\p{Cs}]*$',
      description: 'Why, for your records.',
    }),
    returnTickets: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether the tickets go back on sale, which cancels the order. Only if nothing of its money is kept. Otherwise it ' +
          'stays paid, and its tickets are sold to nobody else.',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ amount: 500, reason: 'The view is restricted.' }] },
);

export const RefundSchema = Type.Object(
  {
    id: Type.String({ description: "The refund's id." }),
    orderId: OrderId,
    amount: MoneySchema,
    state: StringEnum(['pending', 'refunded'], 'Whether the payment provider has accepted it.'),
    reason: Type.String(),
    returnTickets: Type.Boolean({ description: 'Whether the tickets went back on sale.' }),
    by: Type.String({ description: "The admin's user id; of a command, its name." }),
    requestedAt: Time('When it was requested.'),
    refundedAt: Type.Optional(Time('When the provider had accepted it.')),
  },
  {
    description: 'What an admin gives back of a paid order.',
    examples: [
      {
        id: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
        orderId: '1JG8Z5E4T00000',
        amount: { amount: 500, currency: 'USD' },
        state: 'pending',
        reason: 'The view is restricted.',
        returnTickets: false,
        by: 'boss',
        requestedAt: '2026-11-21T09:06:55.120Z',
      },
    ],
  },
);

export const RefundListSchema = Type.Object(
  { items: Type.Array(RefundSchema) },
  { description: 'The refunds of an order, oldest first.' },
);
