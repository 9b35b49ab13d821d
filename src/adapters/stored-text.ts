import { isUtf8 } from 'node:buffer';

/**
 * Whether every store keeps the text as it is: SQLite's driver cuts it at a NUL, and ends the process when it reads a lone
 * surrogate back, which has no UTF-8; MySQL and MongoDB replace or refuse it.
 */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * Stored bytes as text. Bytes that are not UTF-8 are given in base64 with a prefix, and are no JSON: with replacement
 * characters in their place a damaged record could pass for a sound one, of another user.
 */
export function textOfBytes(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : `not UTF-8, in base64: ${bytes.toString('base64')}`;
}
