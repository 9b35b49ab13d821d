import { AddressLimit, NETWORK_FACTORS } from '../../api/http/address-limit.ts';
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
  const limitOf = (name: 'buyer' | 'address', factor = 1) =>
    new RateLimit({ name, perSecond: () => settings.current().limits[name] * factor, counter, now: clock.monotonic });
  const buyer = limitOf('buyer');
  const client = limitOf('address');
  const network56 = limitOf('address', NETWORK_FACTORS.network56);
  const network48 = limitOf('address', NETWORK_FACTORS.network48);
  observer.rateLimited(() => ({
    buyer: buyer.refused,
    address: client.refused + network56.refused + network48.refused,
  }));
  const keysOf = createClientKeys(trustedProxies);
  return { buyer, address: new AddressLimit({ client, network56, network48, keysOf }) };
}
