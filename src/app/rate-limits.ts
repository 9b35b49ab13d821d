import type { Observable } from 'rxjs';
import { createInProcessRateCounter } from '../adapters/in-process/rate-counter.ts';
import type { RateLimits } from '../api/http/rate-limit.ts';
import type { Config } from '../config.ts';
import type { LiveSettings } from '../domain/live-settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { RateCounter } from '../ports/rate-counter.ts';
import { logOnChange } from '../resilience/log-on-change.ts';
import { RateLimit } from '../resilience/rate-limit.ts';
import type { Opened } from './adapters/opened.ts';
import type { Context } from './context.ts';

export interface StartedRateLimits {
  readonly limits: RateLimits;
  stop(): Promise<void>;
}

/** The limits of a front: counted in Redis where there is one, so that they hold over all fronts. */
export async function startRateLimits(
  { config, log, metrics }: Context,
  { clock, settings$ }: { readonly clock: Clock; readonly settings$: Observable<LiveSettings> },
): Promise<StartedRateLimits> {
  const { redis } = config;
  const counter = redis === undefined ? createInProcessRateCounter() : undefined;
  const opened = counter === undefined && redis !== undefined ? await openRedisRates(redis, log) : undefined;
  const rates = opened?.port ?? counter;
  if (rates === undefined) throw new TypeError('rates are counted nowhere');

  let perSecond: LiveSettings['limits'] = config.limits;
  const following = settings$.subscribe(({ limits }) => {
    perSecond = limits;
  });
  const limitOf = (name: 'buyer' | 'address') =>
    new RateLimit({ name, perSecond: () => perSecond[name], counter: rates, now: clock.monotonic });
  const [buyer, address] = [limitOf('buyer'), limitOf('address')];
  metrics.sampleRateLimited(() => ({ buyer: buyer.refused, address: address.refused }));

  return {
    limits: { buyer, address, trusted: config.trustedProxies },
    stop: async () => {
      following.unsubscribe();
      await opened?.close();
    },
  };
}

/** Connects in the background; until it has, and while Redis is away, each front counts for itself. */
async function openRedisRates(
  { url, keyPrefix }: NonNullable<Config['redis']>,
  log: Context['log'],
): Promise<Opened<RateCounter>> {
  const { createRedisRateCounter } = await import('../adapters/redis/rate-counter.ts');
  const { addressesOf } = await import('../adapters/redis/node-urls.ts');
  const server = addressesOf(url);
  const away = logOnChange((reason) =>
    log.warn({ dependency: 'Redis', server, reason }, 'rate limits hold for this process alone, connecting again'),
  );
  const { rates, disconnect } = createRedisRateCounter({
    url,
    prefix: keyPrefix,
    onState: (state, reason) => away(state === 'up' ? undefined : reason),
  });
  return { port: rates, close: async () => disconnect() };
}
