import { Type } from '@sinclair/typebox';
import { Description, ImageUrl, ImageUrlOrNull, ProductId, Title } from '../admin/schemas.ts';
import { MoneySchema, SaleId, Time } from '../http/common-schemas.ts';

/** What the ticket queue holds in memory a sale, at the most. */
const MAX_TICKETS = 1_000_000;
export const DEFAULT_BUYER_LIMIT = 1;
const WEEK_SECONDS = 604_800;
export const DEFAULT_PAY_SECONDS = 900;

const Total = Type.Integer({ minimum: 1, maximum: MAX_TICKETS, description: 'Tickets in the sale.' });

const PER_BUYER_LIMIT = {
  minimum: 1,
  maximum: MAX_TICKETS,
  description: 'Most tickets that one buyer may hold at once; not more than `total`.',
} as const;

const PAY_WITHIN_SECONDS = {
  minimum: 1,
  maximum: WEEK_SECONDS,
  description: 'How long a buyer has to pay.',
} as const;

const OpensAt = Time('When it opens. A time that has passed opens it as soon as it is published.');
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
    price: MoneySchema,
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
    price: Type.Optional(MoneySchema),
    total: Type.Optional(Total),
    perBuyerLimit: Type.Optional(Type.Integer(PER_BUYER_LIMIT)),
    opensAt: Type.Optional(OpensAt),
    closesAt: Type.Optional(ClosesAt),
    payWithinSeconds: Type.Optional(Type.Integer(PAY_WITHIN_SECONDS)),
  },
  { additionalProperties: false, minProperties: 1, examples: [{ total: 2000 }] },
);

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const ReportSchema = Type.Object(
  {
    saleId: SaleId,
    total: count('Tickets in the sale.'),
    remaining: count('Tickets left.'),
    sold: count('Orders that hold a ticket: reserved and paid.'),
    reserved: count('Orders that wait for their payment.'),
    paid: count('Orders that were paid.'),
    expired: count('Orders that were not paid in time.'),
    cancelled: count('Orders that their buyers cancelled.'),
    rejected: count('Orders that the database refused; every one is worth a look.'),
    refunded: count('Payments that came too late and went back, or are about to.'),
    revenue: MoneySchema,
    timeline: Type.Array(Type.Object({ second: Time('The second.'), reserved: count('Tickets reserved in it.') }), {
      description: 'Seconds in which tickets were reserved, in their order.',
    }),
  },
  { description: 'What a sale has come to. While it sells, stored orders are a moment behind the tickets.' },
);
