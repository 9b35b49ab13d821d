/** Of a key; the chance of two alike is nil. */
const KEY_BYTES = 16;

/**
 * An Idempotency-Key that nobody else has. `crypto.randomUUID` is there in secure contexts only, and a phone that opens
 * a page by a machine's plain address is in none.
 */
export function randomKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
