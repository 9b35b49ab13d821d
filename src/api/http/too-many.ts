import type { HeaderPairs } from '../../ports/http.ts';
import type { RateStanding } from '../../resilience/rate-limit.ts';
import { constantProblem, type Rendered } from './problem.ts';

/** Clients that were refused in the same window would else all come back in the same second. */
const RETRY_SPREAD_MS = 2000;

/** The answer to who is over a limit: 429 with where they stand and when to come back. */
export function createTooMany(detail?: string): (standing: RateStanding, requestId: string) => Rendered {
  const write = constantProblem('rate_limited', detail === undefined ? {} : { detail });
  return (standing, requestId) => {
    const retryAfter = Math.ceil((standing.resetMs + Math.random() * RETRY_SPREAD_MS) / 1000);
    const headers: HeaderPairs = [['retry-after', String(Math.max(1, retryAfter))], ...standingHeaders(standing)];
    return { ...write(requestId), headers };
  };
}

/** Of draft-ietf-httpapi-ratelimit-headers-06, as most clients know them: seconds, rounded up. */
export function standingHeaders({ limit, remaining, resetMs }: RateStanding): HeaderPairs {
  return [
    ['ratelimit-limit', String(limit)],
    ['ratelimit-remaining', String(remaining)],
    ['ratelimit-reset', String(Math.ceil(resetMs / 1000))],
  ];
}
