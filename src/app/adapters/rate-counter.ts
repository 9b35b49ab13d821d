import { createInProcessRateCounter } from '../../adapters/in-process/rate-counter.ts';
import type { Config } from '../../config.ts';
import type { RateCounter } from '../../ports/rate-counter.ts';
import { logOnChange } from '../../resilience/log-on-change.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Opened } from './opened.ts';

/**
 * Counts in Redis if configured, so that limits hold over all fronts. Connects in the background; until connected, and
 * while Redis is unavailable, each front counts for itself.
 */
export async function openRateCounter(
  { redis }: Pick<Config, 'redis'>,
  log: Pick<Log, 'warn'>,
): Promise<Opened<RateCounter>> {
  if (redis === undefined) return { port: createInProcessRateCounter(), close: async () => undefined };
  const { url, keyPrefix } = redis;
  const { createRedisRateCounter } = await import('../../adapters/redis/rate-counter.ts');
  const { addressesOf } = await import('../../adapters/redis/node-urls.ts');
  const server = addressesOf(url);
  const logReason = logOnChange((reason) =>
    log.warn({ dependency: 'Redis', server, reason }, 'rate limits hold for this process alone, connecting again'),
  );
  const { rates, disconnect } = createRedisRateCounter({
    url,
    prefix: keyPrefix,
    onState: (state, reason) => logReason(state === 'up' ? undefined : reason),
  });
  return { port: rates, close: async () => disconnect() };
}
