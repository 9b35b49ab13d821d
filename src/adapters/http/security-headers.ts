import type { HeaderPairs } from '../../ports/http.ts';

/** What every answer with a body carries. The contract's answers are data: no browser may take one for something else. */
export const SECURITY_HEADERS: HeaderPairs = [['x-content-type-options', 'nosniff']];

const CACHING = 'cache-control';

/**
 * What an answer carries that a cache might keep and whose handler says nothing of caches: they must not. Most are one
 * person's or true for a moment.
 */
export const UNCACHED = [CACHING, 'no-store'] as const;

/** What caches may keep without being told (RFC 9110, section 15.1). A purchase's 201, 409 or 503 needs no word about it. */
const KEPT_BY_CACHES: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

export function lacksCaching(status: number, headers: HeaderPairs): boolean {
  if (!KEPT_BY_CACHES.has(status)) return false;
  for (const [name] of headers) if (name === CACHING) return false;
  return true;
}
