import { createClientKeys } from '../../api/http/client-address.ts';
import type { RateLimits } from '../../api/http/rate-limit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TrustedProxies } from '../../ports/http.ts';
import type { RateCounter } from '../../ports/rate-counter.ts';
import { RateLimit } from '../../resilience/rate-limit.ts';
import type { Settings } from '../settings.ts';
import type { FrontObserver } from './observer.ts';

export interface RateLimitParts {
  readonly counter: RateCounter;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly trustedProxies: TrustedProxies;
  readonly settings: Pick<Settings, 'current'>;
  readonly observer: Pick<FrontObserver, 'rateLimited'>;
}

/** The limits per buyer and per address; they follow the settings. */
export function createRateLimits({ counter, clock, trustedProxies, settings, observer }: RateLimitParts): RateLimits {
  const limitOf = (name: 'buyer' | 'address') =>
    new RateLimit({ name, perSecond: () => settings.current().limits[name], counter, now: clock.monotonic });
  const [buyer, address] = [limitOf('buyer'), limitOf('address')];
  observer.rateLimited(() => ({ buyer: buyer.refused, address: address.refused }));
  return { buyer, address, clientKeyOf: createClientKeys(trustedProxies) };
}
