import type { HeaderPairs } from '../../ports/http.ts';

/** Headers of every answer with a body. The API answers with data, which no browser may interpret as another type. */
export const SECURITY_HEADERS: HeaderPairs = [['x-content-type-options', 'nosniff']];

const CACHING = 'cache-control';

/**
 * Added to an answer that a cache might store and whose handler sets no caching. Most answers are for one user, or valid
 * for a moment.
 */
export const NO_STORE = [CACHING, 'no-store'] as const;

/**
 * Statuses that caches may store by default (RFC 9110, section 15.1). The answers to a purchase (201, 409, 503) are not among
 * them and need no header.
 */
const CACHEABLE_BY_DEFAULT: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

/** Whether `no-store` has to be added. */
export function needsNoStore(status: number, headers: HeaderPairs): boolean {
  if (!CACHEABLE_BY_DEFAULT.has(status)) return false;
  for (const [name] of headers) if (name === CACHING) return false;
  return true;
}
