import { describe } from 'vitest';
import { createRedisTicketQueue } from '../../../src/adapters/redis/ticket-queue.ts';
import { redisPrefix, TEST_REDIS_URL } from '../../support/redis-prefix.ts';
import { queueAuditSourceContract } from './suite.ts';

describe.skipIf(TEST_REDIS_URL === undefined)('with TEST_REDIS_URL', () => {
  queueAuditSourceContract('the queue on Redis', async () => {
    const { url, prefix, drop } = redisPrefix();
    const { queue, auditSource, prepare, disconnect } = createRedisTicketQueue({ url, prefix });
    await prepare();
    return {
      queue,
      auditSource,
      close: async () => {
        disconnect();
        await drop();
      },
    };
  });
});
