import { type Static, Type } from '@sinclair/typebox';
import { Count, JobId, OrderId, StringEnum, Time } from './common-schemas.ts';
import { PROBLEM_CODES } from './problems.ts';

export const FieldErrorSchema = Type.Object({
  in: StringEnum(['body', 'query', 'header'], 'The part of the request.'),
  path: Type.String({ description: 'A JSON Pointer into that part, or the name of the header.' }),
  message: Type.String(),
});

export type FieldError = Static<typeof FieldErrorSchema>;

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri', description: '`urn:floodgate:problem:` followed by the code.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: StringEnum(PROBLEM_CODES, 'What a client should base its behaviour on.'),
    instance: Type.String({ description: "The request's id, as in `x-request-id` and the logs." }),
    orderIds: Type.Optional(
      Type.Array(OrderId, {
        description: 'With `limit_reached`: the orders that the buyer holds, 20 of them at most.',
      }),
    ),
    remaining: Type.Optional(Count('With `not_enough_left`: the tickets that are left.')),
    outstanding: Type.Optional(
      Type.Object(
        {
          unpaid: Count('Orders that may still be paid, or expire.'),
          unpublished: Count('Reservations that are not in the log yet.'),
          unsettled: Count('Tickets of orders that are not stored yet, or of ended ones that are not returned yet.'),
        },
        { description: 'With `not_settled`: what is still under way.' },
      ),
    ),
    opensAt: Type.Optional(Time('With `not_started`: when the sale opens.')),
    jobId: Type.Optional(JobId),
    errors: Type.Optional(Type.Array(FieldErrorSchema, { description: 'With `invalid`: each invalid field.' })),
  },
  { description: 'RFC 9457 problem details.' },
);

export type ProblemJson = Static<typeof ProblemSchema>;
