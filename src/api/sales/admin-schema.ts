import { Type } from '@sinclair/typebox';
import { CURRENCIES } from '../../domain/currencies.ts';
import { MAX_AMOUNT } from '../../domain/money.ts';
import { MAX_PAY_WITHIN_SECONDS, MAX_TOTAL } from '../../domain/sale.ts';
import { MAX_TIMELINE_POINTS } from '../../services/coarse-timeline.ts';
import { Count, MoneySchema, ProductId, SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import { Description, ImageUrl, ImageUrlOrNull, Title } from '../http/text-schemas.ts';

/** The most tickets of one sale that the ticket queue holds in memory. */
const MAX_TICKETS = 1_000_000;
export const DEFAULT_BUYER_LIMIT = 1;
export const DEFAULT_PAY_SECONDS = 900;

/** Prices of older releases may have others, so answers do not have this list. */
const Price = Type.Object(
  {
    amount: MoneySchema.properties.amount,
    currency: StringEnum(CURRENCIES, 'A currency of ISO 4217 that has a minor unit.'),
  },
  {
    additionalProperties: false,
    description: `In minor units; the price of all tickets together is at most ${MAX_AMOUNT}.`,
    examples: [{ amount: 12999, currency: 'USD' }],
  },
);

const Total = Type.Integer({ minimum: 1, maximum: MAX_TICKETS, description: 'Tickets in the sale.' });

const PER_BUYER_LIMIT = {
  minimum: 1,
  maximum: MAX_TICKETS,
  description: 'The most tickets that one buyer may hold at once; at most `total`.',
} as const;

const PAY_WITHIN_SECONDS = {
  minimum: 1,
  maximum: MAX_PAY_WITHIN_SECONDS,
  description: 'How long a buyer has to pay, in seconds.',
} as const;

const OpensAt = Time('When it opens. With a time in the past it opens as soon as it is published.');
const ClosesAt = Time('When it ends; later than `opensAt`.');

const EXAMPLE = {
  productId: 'product_1JG8Z5E4T00000',
  title: 'Poster, first print',
  price: { amount: 12999, currency: 'USD' },
  total: 1000,
  perBuyerLimit: 1,
  opensAt: '2026-11-21T09:00:00.000Z',
  closesAt: '2026-11-21T21:00:00.000Z',
  payWithinSeconds: 900,
};

export const NewSaleSchema = Type.Object(
  {
    productId: ProductId,
    title: Title,
    description: Type.Optional(Description),
    imageUrl: Type.Optional(ImageUrl),
    price: Price,
    total: Total,
    perBuyerLimit: Type.Optional(Type.Integer({ ...PER_BUYER_LIMIT, default: DEFAULT_BUYER_LIMIT })),
    opensAt: OpensAt,
    closesAt: ClosesAt,
    payWithinSeconds: Type.Optional(Type.Integer({ ...PAY_WITHIN_SECONDS, default: DEFAULT_PAY_SECONDS })),
  },
  {
    additionalProperties: false,
    examples: [EXAMPLE],
  },
);

export const SaleChangesSchema = Type.Object(
  {
    productId: Type.Optional(ProductId),
    title: Type.Optional(Title),
    description: Type.Optional(Description),
    imageUrl: Type.Optional(ImageUrlOrNull),
    price: Type.Optional(Price),
    total: Type.Optional(Total),
    perBuyerLimit: Type.Optional(Type.Integer(PER_BUYER_LIMIT)),
    opensAt: Type.Optional(OpensAt),
    closesAt: Type.Optional(ClosesAt),
    payWithinSeconds: Type.Optional(Type.Integer(PAY_WITHIN_SECONDS)),
  },
  { additionalProperties: false, minProperties: 1, examples: [{ total: 2000 }] },
);

export const ExtendSchema = Type.Object(
  { closesAt: Time('The new end: in the future, and not earlier than before.') },
  { additionalProperties: false, examples: [{ closesAt: '2026-11-21T22:00:00.000Z' }] },
);

export const AddStockSchema = Type.Object(
  {
    quantity: Type.Integer({
      minimum: 1,
      maximum: MAX_TOTAL,
      description: `Tickets to add; a sale has at most ${MAX_TOTAL}.`,
    }),
  },
  { additionalProperties: false, examples: [{ quantity: 500 }] },
);

export const ReportSchema = Type.Object(
  {
    saleId: SaleId,
    total: Count('Tickets in the sale.'),
    remaining: Count('Tickets left.'),
    sold: Count('Tickets that orders hold, reserved or paid.'),
    reserved: Count('Orders that are not paid yet.'),
    paid: Count('Orders that were paid.'),
    expired: Count('Orders that were not paid in time.'),
    cancelled: Count('Orders that their buyers cancelled.'),
    rejected: Count('Orders that the database rejected; each one should be investigated.'),
    refunded: Count('Refunds, made or due: of payments that paid nothing, and those that admins requested.'),
    mismatched: Count('Payments of another amount or currency than their order: they paid nothing; investigate each.'),
    revenue: MoneySchema,
    captured: MoneySchema,
    givenBack: MoneySchema,
    timelineStepSeconds: Type.Optional(
      Count(
        `Present if tickets were reserved in more than ${MAX_TIMELINE_POINTS} seconds: the length of each point of the ` +
          'timeline, the shortest of 5, 15, 60, 300, 900 and 3,600 seconds, 6 hours, a day and a week that has at most so ' +
          'many points.',
      ),
    ),
    timeline: Type.Array(
      Type.Object({
        second: Time('The start of the second, or of the longer step.'),
        reserved: Count('Tickets reserved in it.'),
      }),
      {
        description: 'The seconds, or longer steps, in which tickets were reserved, in chronological order.',
      },
    ),
  },
  {
    description:
      'The results of a sale. While it is selling, the counts of orders lag slightly behind the tickets. `revenue` is the ' +
      'totals of the paid orders without what was given back of them, `captured` what payments took, `givenBack` what of that ' +
      'was given back, or will be.',
  },
);
