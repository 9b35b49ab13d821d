import type { RateLimits } from '../../src/api/http/rate-limit.ts';

const none: RateLimits['buyer'] = {
  on: false,
  take: () => true,
  standing: () => ({ limit: 0, remaining: 0, resetMs: 0 }),
};

/** For who has something else to test than rates. */
export const NO_LIMITS: RateLimits = { buyer: none, address: { on: false, refusalOf: () => undefined } };
