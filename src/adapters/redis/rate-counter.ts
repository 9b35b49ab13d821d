import { Cluster, Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { messageOf } from '../../domain/errors.ts';
import { RATE_WINDOW_MS, type RateCounter } from '../../ports/rate-counter.ts';
import { nodeUrls } from './node-urls.ts';
import { CONNECTION_OPTIONS } from './options.ts';

export interface RedisRatesOptions {
  /** One Redis, or nodes of a Redis Cluster; see node-urls.ts. */
  readonly url: string;
  /** Begins all keys. */
  readonly prefix: string;
  /** What takes longer is counted in this process alone. Milliseconds. @default 250 */
  readonly timeoutMs?: number;
  /** `up` when the counts are those of all processes, `down` when they are this one's alone. */
  readonly onState?: (state: 'up' | 'down', reason: string) => void;
}

export interface RedisRates {
  readonly rates: RateCounter;
  disconnect(): void;
}

/** A quarter of a window: nobody waits for a count, but one that comes later says little. */
const TIMEOUT_MS = 250;

/**
 * Counts in Redis, by rate-limiter-flexible; in this process while Redis is away. On connections of its own: this library
 * loads its script whenever it is missing, which the ticket queue's fence forbids for its own scripts, and what it has to
 * say must not stand in line before purchases.
 */
export function createRedisRates({ url, prefix, timeoutMs = TIMEOUT_MS, onState }: RedisRatesOptions): RedisRates {
  const client = connect(nodeUrls(url), timeoutMs);
  let reason = 'the connection was closed';
  let closed = false;
  client.on('ready', () => onState?.('up', ''));
  // Without a listener ioredis prints it.
  client.on('error', (error) => {
    reason = messageOf(error);
  });
  client.on('close', () => {
    if (!closed) onState?.('down', reason);
  });

  // Only the counting is used: what the limit is, and what happens at it, is decided in resilience/rate-limit.ts.
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

/** A count that is lost or counted twice is one request more or less: here ioredis' own cluster client will do. */
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
