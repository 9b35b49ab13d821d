import type { HeaderPairs } from '../../ports/http.ts';
import type { RateStanding } from '../../resilience/rate-limit.ts';
import { constantProblem, type Rendered } from './problem.ts';

/** Without it, clients that were refused in the same window would all retry in the same second. */
const RETRY_SPREAD_MS = 2000;

/** Makes the answer to a client over its limit: 429 with the RateLimit headers and Retry-After. */
export function createRateLimited(detail?: string): (standing: RateStanding, requestId: string) => Rendered {
  const write = constantProblem('rate_limited', detail === undefined ? {} : { detail });
  return (standing, requestId) => {
    const retryAfter = Math.ceil((standing.resetMs + Math.random() * RETRY_SPREAD_MS) / 1000);
    const headers: HeaderPairs = [['retry-after', String(Math.max(1, retryAfter))], ...rateLimitHeaders(standing)];
    return { ...write(requestId), headers };
  };
}

/** The headers of draft-ietf-httpapi-ratelimit-headers-06, which most clients know; seconds, rounded up. */
export function rateLimitHeaders({ limit, remaining, resetMs }: RateStanding): HeaderPairs {
  return [
    ['ratelimit-limit', String(limit)],
    ['ratelimit-remaining', String(remaining)],
    ['ratelimit-reset', String(Math.ceil(resetMs / 1000))],
  ];
}
