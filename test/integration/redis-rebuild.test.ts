import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedisTicketQueue, type RedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import type { KnownOrder } from '../../src/ports/queue-recovery.ts';
import { openSale, purchase, purchases } from '../contract/fixtures.ts';
import { answersOf, ticketOf } from '../contract/ticket-queue/harness.ts';
import { type LossyRedis, lossyRedis } from '../support/lossy-redis.ts';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { HAS_OWN_REDIS } from '../support/servers.ts';

/** What needs a Redis that really loses data; the rest is in the contract suite. */
describe.skipIf(TEST_REDIS_URL === undefined || !HAS_OWN_REDIS)('rebuilding in Redis, with TEST_REDIS_URL', () => {
  let redis: LossyRedis;
  let adapter: RedisTicketQueue;

  beforeEach(async () => {
    redis = await lossyRedis();
    adapter = createRedisTicketQueue({ url: redis.url, prefix: 'r:' });
    await adapter.prepare();
  });
  afterEach(async () => {
    adapter.disconnect();
    await redis.stop();
  });

  const load = async () => {
    const sale = openSale();
    await adapter.queue.load(sale);
    return { ...sale, epoch: 2, closed: false, paused: false, version: 2 };
  };
  const known = (...tickets: readonly number[]): KnownOrder => {
    const { orderId, userId, key, fingerprint } = purchase();
    return { orderId, userId, key, fingerprint, tickets, reservedAt: Date.now(), live: true };
  };
  const connected = () => expect.poll(() => adapter.queue.ping().then(() => 'up', String), PATIENCE).toBe('up');

  it('fails as fenced when Redis restarts halfway, and succeeds when it is repeated', async () => {
    const sale = await load();
    const [first, second] = [known(1, 4, 5), known(2)];
    const interrupted = async function* () {
      yield [first];
      // Nothing is lost, which no client can know.
      await redis.loseTail(0);
      await connected();
      yield [second];
    };
    await expect(adapter.recovery.rebuild(sale, interrupted())).rejects.toMatchObject({ code: 'fenced' });
    expect(await adapter.recovery.state(sale.id, 2)).toBe('lost');

    const whole = async function* () {
      yield [first, second];
    };
    expect(await adapter.recovery.rebuild(sale, whole())).toMatchObject({ kind: 'done', held: 4 });
  });

  it('serves after a restart once it is declared sound, while sales that were not rebuilt stay fenced', async () => {
    const [rebuilt, forgotten] = [await load(), await load()];
    await redis.loseTail(0);
    await connected();
    expect(await adapter.recovery.serves()).toBe(false);
    await expect(adapter.prepare()).rejects.toMatchObject({ code: 'fenced' });
    const none = async function* () {};
    await adapter.recovery.rebuild(rebuilt, none());
    await expect(adapter.queue.stock(rebuilt.id)).rejects.toMatchObject({ code: 'fenced' });
    await adapter.recovery.declareSound();

    expect(await adapter.recovery.serves()).toBe(true);
    await expect(adapter.prepare()).resolves.toBeUndefined();
    expect(answersOf(await adapter.queue.reserve(rebuilt.id, 2, purchases(1))).map(ticketOf)).toEqual([1]);
    await expect(adapter.queue.reserve(forgotten.id, 1, purchases(1))).rejects.toThrow(/FENCED/);
  });

  it('reports whether another Redis may have been the master a moment ago', async () => {
    const sale = await load();
    const replicated = async (epoch: number) => {
      const sealed = await adapter.recovery.seal({ ...sale, epoch });
      return sealed.kind === 'done' && sealed.replicated;
    };
    expect(await replicated(2)).toBe(false);
    const failOver = await redis.replicate();
    expect(await replicated(3)).toBe(true);
    await failOver();
    await connected();
    expect(await replicated(4)).toBe(true);
  });
});

const PATIENCE = { timeout: 10_000 };
