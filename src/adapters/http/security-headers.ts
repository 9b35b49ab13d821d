import type { HeaderPairs } from '../../ports/http.ts';

/** What every answer with a body carries. The contract's answers are data: no browser may take one for something else. */
export const SECURITY_HEADERS: HeaderPairs = [['x-content-type-options', 'nosniff']];

const CACHING = 'cache-control';

/**
 * What an answer carries whose handler says nothing of caches: they must not keep it. Most are one person's or true for a
 * moment, and refusals are kept by some caches that nobody asked to (RFC 9110, section 15.1: 404, 405, 410).
 */
export const UNCACHED = [CACHING, 'no-store'] as const;

export function saysWhatToCache(headers: HeaderPairs): boolean {
  for (const [name] of headers) if (name === CACHING) return true;
  return false;
}
