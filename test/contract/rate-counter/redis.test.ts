import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedisRateCounter } from '../../../src/adapters/redis/rate-counter.ts';
import type { RateCounter } from '../../../src/ports/rate-counter.ts';
import { redisPrefix, TEST_REDIS_URL } from '../../support/redis-prefix.ts';
import { type TcpProxy, tcpProxy } from '../../support/tcp-proxy.ts';
import { rateCounterContract } from './suite.ts';

/** Short, so that a test soon gives up on a Redis that does not answer. */
const TIMEOUT_MS = 100;

async function openBench() {
  const { url, prefix, redis, drop } = redisPrefix();
  const proxy = await tcpProxy(Number(new URL(url).port));
  const states = new EventEmitter();
  const disconnects: (() => void)[] = [];
  return {
    proxy,
    prefix,
    redis,
    states,
    join: async () => {
      const up = once(states, 'up');
      const { rates, disconnect } = createRedisRateCounter({
        url: `redis://127.0.0.1:${proxy.port}`,
        prefix,
        timeoutMs: TIMEOUT_MS,
        onState: (state) => states.emit(state),
      });
      disconnects.push(disconnect);
      await up;
      return rates;
    },
    close: async () => {
      for (const disconnect of disconnects) disconnect();
      proxy.close();
      await drop();
    },
  };
}

describe.skipIf(TEST_REDIS_URL === undefined)('with TEST_REDIS_URL', () => {
  rateCounterContract('redis', openBench);

  describe('several processes on Redis', () => {
    let bench: Awaited<ReturnType<typeof openBench>>;
    let a: RateCounter;
    let b: RateCounter;
    let proxy: TcpProxy;

    beforeEach(async () => {
      bench = await openBench();
      proxy = bench.proxy;
      a = await bench.join();
      b = await bench.join();
    });
    afterEach(() => bench.close());

    it('share their counts', async () => {
      // All in one turn, so that they fall into one window.
      const counts = await Promise.all([a.count('u1', 2), b.count('u1', 3), a.count('u1', 4), b.count('u1', 5)]);
      expect(Math.max(...counts.map(({ used }) => used))).toBe(14);
    });

    it('leave nothing behind, as each key expires with its window', async () => {
      await a.count('u1', 1);
      const [key = ''] = await bench.redis.keys(`${bench.prefix}*`);
      const ttl = await bench.redis.pttl(key);
      // -2: it has expired in the meantime.
      expect(ttl === -2 || (ttl > 0 && ttl <= 1000)).toBe(true);
    });

    it('count separately while Redis is unavailable, and together after it has recovered', async () => {
      const down = once(bench.states, 'down');
      proxy.freeze();
      proxy.cut();
      await down;
      expect(await Promise.all([a.count('u2', 2), b.count('u2', 3)])).toMatchObject([{ used: 2 }, { used: 3 }]);
      const up = once(bench.states, 'up');
      proxy.thaw();
      await up;
    });

    it('count separately while Redis does not answer', async () => {
      proxy.freeze();
      expect(await Promise.all([a.count('u2', 2), b.count('u2', 3)])).toMatchObject([{ used: 2 }, { used: 3 }]);
      proxy.thaw();
    });
  });
});
