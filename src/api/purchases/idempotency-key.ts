import { Type } from '@sinclair/typebox';
import { problem, type Rendered } from '../http/problem.ts';

const KEY_PATTERN = '^[ -~]{1,255}$';

const KEY = new RegExp(KEY_PATTERN);

export const IdempotencyKey = Type.String({
  pattern: KEY_PATTERN,
  minLength: 1,
  maxLength: 255,
  description:
    'Makes retries safe: the same key gets the same order, byte for byte, until 24 hours after the end of the sale.',
  examples: ['4f1c0a52-6d1b-4e0a-9f3e-0a7c52d1b6e4'],
});

const KEY_ERROR = {
  in: 'header',
  path: 'Idempotency-Key',
  message: 'must be 1 to 255 printable ASCII characters',
} as const;

/** The answer to an invalid key; undefined when the key is valid or absent. */
export function refusalOfKey(key: string | undefined, requestId: string): Rendered | undefined {
  return key === undefined || KEY.test(key) ? undefined : problem('invalid', requestId, { errors: [KEY_ERROR] });
}
