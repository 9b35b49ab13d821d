import { describe, expect, it } from 'vitest';
import { createRedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import { openRedis } from '../../src/app/adapters/redis.ts';
import { openSale, purchases } from '../contract/fixtures.ts';
import { auditQueue } from '../support/queue-audit.ts';
import { redisPrefix, TEST_REDIS_URL } from '../support/redis-prefix.ts';

const LOG = { info: () => {}, warn: () => {}, error: () => {} };

describe.skipIf(TEST_REDIS_URL === undefined)('a ticket queue on Redis that is closed, with TEST_REDIS_URL', () => {
  it('has marked all published orders, so that no relay appends them again', async () => {
    const own = redisPrefix();
    const other = createRedisTicketQueue(own);
    try {
      const { port, close } = await openRedis({ url: own.url, keyPrefix: own.prefix, timeoutMs: 5000 }, LOG);
      await other.prepare();
      const sale = openSale();
      const items = purchases(3);
      await port.queue.load(sale);
      await port.queue.reserve(sale.id, 1, items);
      expect(await auditQueue(port.auditSource, sale.id)).toMatchObject({ pending: 3 });

      const marked = port.queue.published(
        sale.id,
        1,
        items.map(({ orderId }) => orderId),
      );
      await close();
      await marked;
      expect(await auditQueue(other.auditSource, sale.id)).toMatchObject({ held: 3, pending: 0 });
    } finally {
      other.disconnect();
      await own.drop();
    }
  });
});
