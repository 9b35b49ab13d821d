import { describe } from 'vitest';
import type { RedisTicketQueue } from '../../../src/adapters/redis/ticket-queue.ts';
import { createRedisTicketQueue } from '../../../src/adapters/redis/ticket-queue.ts';
import { redisPrefix, TEST_REDIS_URL } from '../../support/redis-prefix.ts';
import { ticketQueueContract } from './suite.ts';

describe.skipIf(TEST_REDIS_URL === undefined)('with TEST_REDIS_URL', () => {
  ticketQueueContract('redis', async () => {
    const { url, prefix, drop } = redisPrefix();
    let opened: RedisTicketQueue;
    const open = async () => {
      opened = createRedisTicketQueue({ url, prefix });
      await opened.prepare();
      return opened;
    };
    return {
      ...(await open()),
      reopen: () => {
        opened.disconnect();
        return open();
      },
      close: async () => {
        opened.disconnect();
        await drop();
      },
    };
  });
});
