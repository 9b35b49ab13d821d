import { Type } from '@sinclair/typebox';
import { Time } from '../http/common-schemas.ts';

const UserId = Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$', description: "A token's `sub`.", examples: ['u1'] });

export const RevocationSchema = Type.Object(
  {
    userId: UserId,
    before: Type.Optional(Time('Tokens issued before this time are revoked; not in the future. Now if left out.')),
  },
  { additionalProperties: false, examples: [{ userId: 'u1' }] },
);

export const RevokedSchema = Type.Object(
  {
    userId: UserId,
    notBefore: Time('Tokens issued before this time are not accepted; later than `before` if more had been revoked.'),
  },
  {
    description: "Which of a user's tokens are revoked.",
    examples: [{ userId: 'u1', notBefore: '2026-11-21T09:06:55.120Z' }],
  },
);
