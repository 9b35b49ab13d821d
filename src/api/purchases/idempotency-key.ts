import { Type } from '@sinclair/typebox';
import { StringEnum } from '../http/common-schemas.ts';
import { problem, type Rendered } from '../http/problem.ts';

const KEY_PATTERN = '^[ -~]{1,255}$';

const KEY = new RegExp(KEY_PATTERN);

export const IdempotencyKey = Type.String({
  pattern: KEY_PATTERN,
  minLength: 1,
  maxLength: 255,
  description:
    'Makes retries safe: the same key gets the same order, byte for byte, until 24 hours after the end of the sale. ' +
    'Blanks around it are not part of it.',
  examples: ['4f1c0a52-6d1b-4e0a-9f3e-0a7c52d1b6e4'],
});

/** Says that an answer is that to an earlier request with the same key. */
export const REPLAYED = ['idempotent-replayed', 'true'] as const;
export const Replayed = StringEnum(['true'], 'Present when this key had been answered before.');

const KEY_ERROR = {
  in: 'header',
  path: 'Idempotency-Key',
  message: 'must be 1 to 255 printable ASCII characters',
} as const;

/** Blanks around a header's value are not part of it (RFC 9110, section 5.5): space and tab. */
const AROUND = /^[ \t]+|[ \t]+$/g;

/**
 * The key without the blanks around it. HTTP servers remove them from a header and a JSON string keeps them, so without this
 * one key would be two, depending on the way that it came.
 */
export function keyOf(sent: string | undefined): string | undefined {
  if (sent === undefined || !(isBlank(sent.charCodeAt(0)) || isBlank(sent.charCodeAt(sent.length - 1)))) return sent;
  return sent.replace(AROUND, '');
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

const SPACE = 0x20;
const TAB = 0x09;

/** The answer to an invalid key; undefined when the key is valid or absent. */
export function refusalOfKey(key: string | undefined, requestId: string): Rendered | undefined {
  return key === undefined || KEY.test(key) ? undefined : problem('invalid', requestId, { errors: [KEY_ERROR] });
}
