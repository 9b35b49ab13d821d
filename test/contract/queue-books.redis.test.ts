import { describe } from 'vitest';
import { createRedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import { redisPrefix, TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { queueBooksContract } from './queue-books.ts';

describe.skipIf(TEST_REDIS_URL === undefined)('with TEST_REDIS_URL', () => {
  queueBooksContract('the queue on Redis', async () => {
    const { url, prefix, drop } = redisPrefix();
    const { queue, books, prepare, disconnect } = createRedisTicketQueue({ url, prefix });
    await prepare();
    return {
      queue,
      books,
      close: async () => {
        disconnect();
        await drop();
      },
    };
  });
});
