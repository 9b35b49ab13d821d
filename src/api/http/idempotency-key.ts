import { Type } from '@sinclair/typebox';

export const IDEMPOTENCY_KEY_PATTERN = '^[ -~]{1,255}$';

/** As in the contract; the check below is the same pattern. */
export const IdempotencyKey = Type.String({
  pattern: IDEMPOTENCY_KEY_PATTERN,
  minLength: 1,
  maxLength: 255,
  description:
    'Makes retries safe: the same key gets the same order and the same bytes until 24 hours after the end of the sale.',
  examples: ['4f1c0a52-6d1b-4e0a-9f3e-0a7c52d1b6e4'],
});

const PATTERN = new RegExp(IDEMPOTENCY_KEY_PATTERN);

export function isIdempotencyKey(key: string): boolean {
  return PATTERN.test(key);
}
