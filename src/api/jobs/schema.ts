import { type Static, Type } from '@sinclair/typebox';
import { JOB_KINDS, JOB_STATES, MAX_REASON_LENGTH } from '../../ports/jobs.ts';
import { Count, JobId, MoneySchema, SaleId, StringEnum, Time } from '../http/common-schemas.ts';
import { JobCursor, Limit, Page } from '../http/page.ts';
import { Title } from '../http/text-schemas.ts';

const ReturnTickets = { description: 'Whether the tickets of refunded orders go back on sale.' } as const;

export const JobSchema = Type.Object(
  {
    id: JobId,
    kind: StringEnum(JOB_KINDS, '`refund`: paid orders; `cancel`: reserved ones.'),
    saleId: SaleId,
    state: StringEnum(JOB_STATES, 'Of a stopped job the batch in progress may still be finished, and counted.'),
    version: Count('How often it was stopped or resumed, for `If-Match`.'),
    reason: Type.String({ description: 'As it was given.' }),
    returnTickets: Type.Optional(
      Type.Boolean({ ...ReturnTickets, description: `${ReturnTickets.description} Of a refund.` }),
    ),
    by: Type.String({ description: "The admin's user id; of a command, its name." }),
    createdAt: Time('When it was created: it handles orders that were reserved before.'),
    updatedAt: Time('When it last made progress, was stopped or resumed.'),
    progress: Type.Object({
      total: Count(
        'Orders that were to be handled when it was created. It handles fewer if some end by themselves, and more if some are ' +
          'paid before their turn comes.',
      ),
      done: Count('Orders that are refunded or cancelled.'),
      skipped: Count('Orders that were wholly refunded before, or had changed when their turn came.'),
      givenBack: Type.Optional(MoneySchema),
    }),
  },
  {
    description:
      'Orders of a sale that are refunded or cancelled in batches, in the background. It survives crashes, and refunds no order ' +
      'twice. `givenBack` is what a refund gives back.',
    examples: [
      {
        id: '1JG8Z5E4T7K3Q0W9XBM',
        kind: 'refund',
        saleId: 'demo',
        state: 'running',
        version: 0,
        reason: 'The concert is cancelled.',
        returnTickets: false,
        by: 'admin-1',
        createdAt: '2026-11-21T09:06:55.120Z',
        updatedAt: '2026-11-21T09:06:57.003Z',
        progress: { total: 1000, done: 350, skipped: 2, givenBack: { amount: 4549650, currency: 'USD' } },
      },
    ],
  },
);

/** A job as the API sends it. */
export type JobJson = Static<typeof JobSchema>;

export const JobPageSchema = Page(JobSchema, 'Jobs, newest first.');

const Reason = Type.String({
  ...Title,
  maxLength: MAX_REASON_LENGTH,
  description: 'Why, in one line: it is kept with the job and with each refund.',
  examples: ['The concert is cancelled.'],
});

export const RefundsSchema = Type.Object(
  {
    state: StringEnum(['paid'], 'The orders to refund.'),
    reason: Reason,
    returnTickets: Type.Optional(Type.Boolean({ ...ReturnTickets, default: false })),
  },
  { additionalProperties: false, examples: [{ state: 'paid', reason: 'The concert is cancelled.' }] },
);

export const CancellationsSchema = Type.Object(
  { reason: Reason },
  { additionalProperties: false, examples: [{ reason: 'The price was wrong.' }] },
);

export const JobsQuery = Type.Object(
  {
    saleId: Type.Optional(SaleId),
    state: Type.Optional(StringEnum(JOB_STATES, 'Only jobs in this state.')),
    cursor: Type.Optional(JobCursor),
    limit: Limit,
  },
  { additionalProperties: false },
);
