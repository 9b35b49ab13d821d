import { describe } from 'vitest';
import type { RedisTicketQueue } from '../../../src/adapters/redis/ticket-queue.ts';
import { createRedisTicketQueue } from '../../../src/adapters/redis/ticket-queue.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { TEST_REDIS_URL } from '../../support/redis-prefix.ts';
import { HAS_OWN_REDIS } from '../../support/servers.ts';
import { ticketQueueContract } from './suite.ts';

/** Sales have random ids, so they are spread over the masters. */
describe.skipIf(TEST_REDIS_URL === undefined || !HAS_OWN_REDIS)('with TEST_REDIS_URL', () => {
  ticketQueueContract('a cluster of three masters', async () => {
    const cluster = await startRedisCluster(3);
    let opened: RedisTicketQueue;
    const open = async () => {
      opened = createRedisTicketQueue({ url: cluster.url, prefix: 'c:' });
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
        await cluster.stop();
      },
    };
  });
});
