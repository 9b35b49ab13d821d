import { type Static, Type } from '@sinclair/typebox';
import { PHASES } from '../../domain/sale.ts';
import { MoneySchema, Page, SaleId, StringEnum, Time } from '../http/common-schemas.ts';

export const SaleSchema = Type.Object(
  {
    id: SaleId,
    productId: Type.String(),
    title: Type.String(),
    description: Type.String(),
    imageUrl: Type.Optional(Type.String()),
    price: MoneySchema,
    total: Type.Integer({ minimum: 0, description: 'Tickets in the sale.' }),
    remaining: Type.Integer({ minimum: 0, description: 'Tickets left, not older than a tenth of a second.' }),
    perBuyerLimit: Type.Integer({ minimum: 1, description: 'Most tickets that one buyer may hold at once.' }),
    opensAt: Time('When it opens.'),
    closesAt: Time('When it ends.'),
    payWithinSeconds: Type.Integer({ minimum: 0, description: 'How long a buyer has to pay.' }),
    phase: StringEnum(PHASES, 'What a buyer can expect right now.'),
    version: Type.Integer({ description: "Raised by one with each change of the sale's settings." }),
    serverTime: Time("The server's clock when this was written: count down from it, not from your own."),
  },
  {
    description: 'A sale as a buyer sees it at one moment.',
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

/** A sale as it is sent. */
export type SaleJson = Static<typeof SaleSchema>;

export const SalePageSchema = Page(SaleSchema, 'Sales in the order of their ids.');
