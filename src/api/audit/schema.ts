import { Type } from '@sinclair/typebox';
import { INVARIANTS } from '../../services/audit/result.ts';
import { Count, SaleId, StringEnum, Time } from '../http/common-schemas.ts';

const source = (description: string) => Type.Optional(Type.String({ description }));

const DiscrepancySchema = Type.Object({
  ticket: Type.Optional(Type.Integer({ description: 'The ticket concerned.' })),
  orderId: Type.Optional(Type.String({ description: 'The order concerned.' })),
  catalogue: source('The value in the catalogue.'),
  queue: source('The value in the ticket queue.'),
  log: source('The value in the order log.'),
  store: source('The value in the order store.'),
  live: source('The value in the live state.'),
});

const InvariantSchema = Type.Object({
  name: StringEnum(INVARIANTS, 'The name of the invariant.'),
  rule: Type.String({ description: 'The rule that must hold.' }),
  ok: Type.Boolean({ description: 'Whether it holds.' }),
  counted: Type.Array(Type.Object({ what: Type.String(), count: Type.Integer() }), {
    description: 'What was counted in each source; while the sale is selling, each count is from a different moment.',
  }),
  found: Count('Discrepancies that were found.'),
  differences: Type.Array(DiscrepancySchema, { description: 'The first hundred of them.' }),
});

export const AuditSchema = Type.Object(
  {
    saleId: SaleId,
    startedAt: Time('When the audit began.'),
    tookMs: Count('How long it took, milliseconds.'),
    epoch: Count("The sale's epoch: one more than the recoveries of its queue."),
    archived: Type.Boolean({
      description:
        'Whether the sale is archived: then its ticket queue has been freed, and is taken to be as the store is.',
    }),
    ok: Type.Boolean({ description: 'Whether every invariant holds.' }),
    inFlight: Type.Object(
      {
        unpublished: Count('Reservations that are not in the log yet.'),
        unstored: Count('Orders in the log that are not stored yet.'),
        returning: Count('Tickets of ended orders that have not been returned to the queue yet.'),
        uncounted: Count('Reserved tickets in the log that the live state does not count yet.'),
      },
      { description: 'What is still in flight, which is not a discrepancy.' },
    ),
    invariants: Type.Array(InvariantSchema, { description: 'All invariants, always in the same order.' }),
  },
  { description: 'The sources of a sale, reconciled with each other.' },
);
