import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';

/** Not REDIS_URL, which may belong to an installation. */
export const TEST_REDIS_URL = process.env.TEST_REDIS_URL || undefined;

if (TEST_REDIS_URL === undefined) {
  console.warn('SKIPPED: the tests on Redis need a server: set TEST_REDIS_URL (redis://host:port)');
}

/** Keys that one SCAN call examines. */
const SCAN_COUNT = 1000;

export interface RedisPrefix {
  readonly url: string;
  /** Begins all keys of this test file. */
  readonly prefix: string;
  /** A plain connection, to inspect the keys and to break them. */
  readonly redis: Redis;
  /** Removes the keys and disconnects. */
  readonly drop: () => Promise<void>;
}

/** A prefix that no other test file uses. */
export function redisPrefix(url = TEST_REDIS_URL): RedisPrefix {
  if (url === undefined) throw new Error('TEST_REDIS_URL is not set');
  const prefix = `test-${randomBytes(6).toString('hex')}:`;
  const redis = new Redis(url);
  return {
    url,
    prefix,
    redis,
    drop: async () => {
      for await (const keys of redis.scanStream({ match: `${prefix}*`, count: SCAN_COUNT })) {
        if ((keys as string[]).length > 0) await redis.unlink(keys as string[]);
      }
      redis.disconnect();
    },
  };
}
