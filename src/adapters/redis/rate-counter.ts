import { Cluster, Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { RATE_WINDOW_MS, type RateCounter } from '../../ports/rate-counter.ts';
import { connectionProblem } from './connection-problem.ts';
import { nodeUrls } from './node-urls.ts';
import { CONNECTION_OPTIONS } from './options.ts';

export interface RedisRateCounterOptions {
  /** One Redis, or nodes of a Redis Cluster; see node-urls.ts. */
  readonly url: string;
  /** Begins all keys. */
  readonly prefix: string;
  /** A count that takes longer is made in this process alone. Milliseconds. @default 250 */
  readonly timeoutMs?: number;
  /** `up` when counts cover all processes, `down` when they cover only this one. */
  readonly onState?: (state: 'up' | 'down', reason: string) => void;
}

export interface RedisRateCounter {
  readonly rates: RateCounter;
  disconnect(): void;
}

/** A quarter of a window: no request waits for a count, but one that is later is of little use. */
const TIMEOUT_MS = 250;

/**
 * Counts in Redis, by rate-limiter-flexible, and in this process alone while Redis is unavailable. It has connections of
 * its own: the library loads its script whenever it is missing, which the ticket queue's fence forbids for its own
 * scripts, and counts must not queue up in front of purchases.
 */
export function createRedisRateCounter({
  url,
  prefix,
  timeoutMs = TIMEOUT_MS,
  onState,
}: RedisRateCounterOptions): RedisRateCounter {
  const client = connect(nodeUrls(url), timeoutMs);
  let reason = 'the connection was closed';
  let closed = false;
  client.on('ready', () => onState?.('up', ''));
  // ioredis prints error events that have no listener.
  client.on('error', (error) => {
    reason = connectionProblem(url, error);
  });
  client.on('close', () => {
    if (!closed) onState?.('down', reason);
  });

  // Only its counting is used: resilience/rate-limit.ts decides what the limit is, and what happens when it is reached.
  const counting = { points: Number.MAX_SAFE_INTEGER, duration: RATE_WINDOW_MS / 1000 };
  const limiter = new RateLimiterRedis({
    ...counting,
    storeClient: client,
    keyPrefix: `${prefix}rate`,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(counting),
  });

  return {
    rates: {
      count: async (key, points) => {
        const { consumedPoints, msBeforeNext } = await limiter.consume(key, points);
        return { used: consumedPoints, endsInMs: msBeforeNext };
      },
    },
    disconnect: () => {
      closed = true;
      client.disconnect();
    },
  };
}

/** A count that is lost or made twice is one request more or less, so ioredis' own cluster client is good enough here. */
function connect(urls: readonly string[], timeoutMs: number): Redis | Cluster {
  const [first = ''] = urls;
  const options = { ...CONNECTION_OPTIONS, commandTimeout: timeoutMs };
  if (urls.length === 1) return new Redis(first, options);
  const { username, password, protocol } = new URL(first);
  return new Cluster([...urls], {
    enableOfflineQueue: false,
    clusterRetryStrategy: CONNECTION_OPTIONS.retryStrategy,
    redisOptions: {
      ...options,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
  });
}
