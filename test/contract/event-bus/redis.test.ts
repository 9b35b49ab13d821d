import { EventEmitter, once } from 'node:events';
import { describe } from 'vitest';
import { createRedisEventBus } from '../../../src/adapters/redis/event-bus.ts';
import { redisPrefix, TEST_REDIS_URL } from '../../support/redis-prefix.ts';
import { tcpProxy } from '../../support/tcp-proxy.ts';
import { eventBusContract } from './suite.ts';

/** Short, so that a test soon detects a dead connection. */
const SILENCE_MS = 200;

describe.skipIf(TEST_REDIS_URL === undefined)('with TEST_REDIS_URL', () => {
  eventBusContract('redis', async () => {
    const { url, prefix, drop } = redisPrefix();
    const proxy = await tcpProxy(Number(new URL(url).port));
    const states = new EventEmitter();
    const disconnects: (() => void)[] = [];
    const noticed = async (disrupt: () => void) => {
      const down = once(states, 'down');
      disrupt();
      await down;
    };
    return {
      join: async () => {
        const up = once(states, 'up');
        const { events, disconnect } = createRedisEventBus({
          url: `redis://127.0.0.1:${proxy.port}`,
          prefix,
          silenceMs: SILENCE_MS,
          onState: (state) => states.emit(state),
        });
        disconnects.push(disconnect);
        await up;
        return events;
      },
      disruptions: { cut: () => noticed(proxy.cut), 'black hole': () => noticed(proxy.blackhole) },
      close: async () => {
        for (const disconnect of disconnects) disconnect();
        proxy.close();
        await drop();
      },
    };
  });
});
