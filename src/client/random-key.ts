/** Enough randomness that two keys are never the same in practice. */
const KEY_BYTES = 16;

/**
 * A unique Idempotency-Key. `crypto.randomUUID` exists in secure contexts only, and a page opened by a plain http address
 * is not one.
 */
export function randomKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
