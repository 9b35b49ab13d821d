import { type Static, Type } from '@sinclair/typebox';
import { PHASES } from '../../domain/sale.ts';
import { Count, MoneySchema, SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import { Page } from '../http/page.ts';

export const SaleSchema = Type.Object(
  {
    id: SaleId,
    productId: Type.String(),
    title: Type.String(),
    description: Type.String(),
    imageUrl: Type.Optional(Type.String()),
    price: MoneySchema,
    total: Count('Tickets in the sale.'),
    remaining: Count('Tickets left; at most a tenth of a second old.'),
    perBuyerLimit: Type.Integer({ minimum: 1, description: 'The most tickets that one buyer may hold at once.' }),
    opensAt: Time('When it opens.'),
    closesAt: Time('When it ends.'),
    payWithinSeconds: Count('How long a buyer has to pay, in seconds.'),
    phase: StringEnum(PHASES, 'The phase of the sale as buyers see it now.'),
    version: Type.Integer({ description: "Increased by one with each change of the sale's settings." }),
    serverTime: Time("The server's clock when this was written. Base countdowns on it, not on the client's clock."),
  },
  {
    description: 'A sale as buyers see it at one moment.',
    examples: [
      {
        id: 'demo',
        productId: 'poster',
        title: 'Poster, first print',
        description: 'One thousand, numbered.',
        price: { amount: 12999, currency: 'USD' },
        total: 1000,
        remaining: 997,
        perBuyerLimit: 1,
        opensAt: '2026-11-21T09:00:00.000Z',
        closesAt: '2026-11-21T21:00:00.000Z',
        payWithinSeconds: 600,
        phase: 'live',
        version: 1,
        serverTime: '2026-11-21T09:06:55.120Z',
      },
    ],
  },
);

/** A sale as the API sends it. */
export type SaleJson = Static<typeof SaleSchema>;

export const SalePageSchema = Page(SaleSchema, 'Sales, ordered by id.');
