import { afterAll, beforeAll } from 'vitest';
import { keysOf, type SaleKey } from '../../src/adapters/redis/keys.ts';
import { createRedisTicketQueue, type RedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import type { QueuedSale } from '../../src/ports/ticket-queue.ts';
import { openSale, purchases } from '../contract/fixtures.ts';
import { answersOf } from '../contract/ticket-queue/harness.ts';
import { type RedisPrefix, redisPrefix } from './redis-prefix.ts';

/** A ticket queue on Redis with a prefix of its own, for the tests of one `describe`. */
export function redisQueueRig() {
  let own: RedisPrefix;
  let adapter: RedisTicketQueue;

  beforeAll(async () => {
    own = redisPrefix();
    adapter = createRedisTicketQueue(own);
    await adapter.prepare();
  });
  afterAll(async () => {
    adapter.disconnect();
    await own.drop();
  });

  return {
    get own() {
      return own;
    },
    get adapter() {
      return adapter;
    },
    keyOf: (saleId: string, name: SaleKey) => keysOf(own.prefix, saleId, [name])[0] ?? '',
    /** So many purchases, each by a buyer of its own, in one call. */
    reserve: async (saleId: string, count: number) =>
      answersOf(await adapter.queue.reserve(saleId, 1, purchases(count))),
    /** Loads a new sale that is open; returns its id. */
    loaded: async (overrides: Partial<QueuedSale> = {}) => {
      const sale = openSale(overrides);
      await adapter.queue.load(sale);
      return sale.id;
    },
  };
}
