import { Type } from '@sinclair/typebox';
import { INVARIANTS } from '../../services/audit/result.ts';
import { SaleId, StringEnum, Time } from '../http/common-schemas.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const side = (description: string) => Type.Optional(Type.String({ description }));

const DifferenceSchema = Type.Object({
  ticket: Type.Optional(Type.Integer({ description: 'The ticket that it is about.' })),
  orderId: Type.Optional(Type.String({ description: 'The order that it is about.' })),
  catalogue: side('What the catalogue says.'),
  queue: side('What the ticket queue says.'),
  log: side('What the order log says.'),
  store: side('What the order store says.'),
  live: side('What the live state says.'),
});

const InvariantSchema = Type.Object({
  name: StringEnum(INVARIANTS, 'Which one.'),
  rule: Type.String({ description: 'What has to hold.' }),
  ok: Type.Boolean({ description: 'Whether it holds.' }),
  counted: Type.Array(Type.Object({ what: Type.String(), count: Type.Integer() }), {
    description: 'What was counted on either side; while the sale goes on, each at a moment of its own.',
  }),
  found: count('Differences that were found.'),
  differences: Type.Array(DifferenceSchema, { description: 'The first hundred of them.' }),
});

export const AuditSchema = Type.Object(
  {
    saleId: SaleId,
    startedAt: Time('When the audit began.'),
    tookMs: count('How long it took, milliseconds.'),
    epoch: count("The sale's epoch: recoveries of its queue, and one."),
    ok: Type.Boolean({ description: 'Whether every invariant holds.' }),
    inFlight: Type.Object(
      {
        unpublished: count('Reservations that are not in the log yet.'),
        unstored: count('Orders in the log that are not stored yet.'),
        returning: count('Tickets of ended orders that are not back in the queue yet.'),
        uncounted: count('Reservations that the live state has not counted yet.'),
      },
      { description: 'What is on its way, and no difference.' },
    ),
    invariants: Type.Array(InvariantSchema, { description: 'All of them, always in the same order.' }),
  },
  { description: 'The sides of a sale held against each other.' },
);
