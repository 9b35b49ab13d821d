import { describe } from 'vitest';
import { keysOf } from '../../../src/adapters/redis/keys.ts';
import { RECOVERY_SCRIPTS } from '../../../src/adapters/redis/scripts.ts';
import { createRedisTicketQueue } from '../../../src/adapters/redis/ticket-queue.ts';
import { startRedisCluster } from '../../support/redis-cluster.ts';
import { redisPrefix, TEST_REDIS_URL } from '../../support/redis-prefix.ts';
import { HAS_OWN_REDIS } from '../../support/servers.ts';
import { queueRecoveryContract } from './suite.ts';

const ANOTHER_RUN = 'an-earlier-run-id';

describe.skipIf(TEST_REDIS_URL === undefined)('with TEST_REDIS_URL', () => {
  queueRecoveryContract('redis', async () => {
    const { url, prefix, redis, drop } = redisPrefix();
    const { queue, auditSource, recovery, prepare, disconnect } = createRedisTicketQueue({ url, prefix });
    await prepare();
    return {
      queue,
      auditSource,
      recovery,
      lose: async (saleId) => {
        await redis.set(keysOf(prefix, saleId, ['sound'])[0] as string, ANOTHER_RUN);
      },
      wipe: async (saleId) => {
        await redis.del(keysOf(prefix, saleId, RECOVERY_SCRIPTS.begin.keys));
      },
      close: async () => {
        disconnect();
        await drop();
      },
    };
  });
});

describe.skipIf(TEST_REDIS_URL === undefined || !HAS_OWN_REDIS)('with TEST_REDIS_URL', () => {
  queueRecoveryContract('a cluster of three masters', async () => {
    const cluster = await startRedisCluster(3);
    const prefix = 'c:';
    const { queue, auditSource, recovery, prepare, disconnect } = createRedisTicketQueue({ url: cluster.url, prefix });
    await prepare();
    return {
      queue,
      auditSource,
      recovery,
      lose: async (saleId) => {
        const { redis } = await cluster.masterOf(saleId);
        await redis.set(keysOf(prefix, saleId, ['sound'])[0] as string, ANOTHER_RUN);
      },
      wipe: async (saleId) => {
        const { redis } = await cluster.masterOf(saleId);
        await redis.del(keysOf(prefix, saleId, RECOVERY_SCRIPTS.begin.keys));
      },
      close: async () => {
        disconnect();
        await cluster.stop();
      },
    };
  });
});
