import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOf } from '../../../src/adapters/redis/keys.ts';
import { createRedisRecovery } from '../../../src/adapters/redis/recovery.ts';
import { connectSingle, type RedisServers } from '../../../src/adapters/redis/servers.ts';
import { createRedisTicketQueue, type RedisTicketQueue } from '../../../src/adapters/redis/ticket-queue.ts';
import type { KnownOrder } from '../../../src/ports/queue-recovery.ts';
import { auditQueue } from '../../support/queue-audit.ts';
import { type RedisPrefix, redisPrefix, TEST_REDIS_URL } from '../../support/redis-prefix.ts';
import { openSale, purchase, purchases } from '../fixtures.ts';

/** Repeats the call at this place before each later one, as a late duplicate. */
function repeating(place: number, servers: RedisServers): RedisServers {
  let calls = 0;
  let again: (() => Promise<unknown>) | undefined;
  return {
    ...servers,
    async call(saleId, command, args, timeoutMs) {
      // Whether it is rejected or not: its caller has given up.
      await again?.().catch(() => undefined);
      const send = () => servers.call(saleId, command, args, timeoutMs);
      if (calls === place) again = send;
      calls += 1;
      return send();
    },
  };
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

describe.skipIf(TEST_REDIS_URL === undefined)('with TEST_REDIS_URL, a recovery on redis', () => {
  let redis: RedisPrefix;
  let tickets: RedisTicketQueue;
  let servers: RedisServers;
  beforeAll(async () => {
    redis = redisPrefix();
    tickets = createRedisTicketQueue(redis);
    servers = connectSingle(redis);
    await tickets.prepare();
  });
  afterAll(async () => {
    servers.disconnect();
    tickets.disconnect();
    await redis.drop();
  });

  // begin, orders, orders, orders, survivors, queue, queue, queue, end.
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'builds the same sale when its call %d is repeated before each later one',
    async (place) => {
      const sale = { ...openSale({ total: 60_000 }), epoch: 2, closed: false, paused: false, version: 2 };
      await tickets.queue.load({ ...sale, epoch: 1 });
      await tickets.queue.reserve(sale.id, 1, purchases(20, { quantity: 2 }));
      const orders = purchases(2500).map(
        (item, n): KnownOrder => ({
          ...item,
          tickets: n % 2 === 0 ? [100 + n, 5000 + n] : [100 + n],
          reservedAt: 1,
          live: true,
        }),
      );
      const recovery = createRedisRecovery(repeating(place, servers), redis.prefix);

      const chunks = async function* () {
        yield orders;
      };
      expect(await recovery.rebuild(sale, chunks())).toEqual({ kind: 'done', held: 3790, survivors: 20 });
      expect(await auditQueue(tickets.auditSource, sale.id)).toMatchObject({
        ...{ epoch: 2, held: 3790, heldByBuyers: 3790, remaining: 56_210, pending: 20, doubled: [] },
      });
    },
  );

  it('adds nothing to what another attempt of its epoch builds', async () => {
    const sale = { ...openSale({ total: 10 }), epoch: 2, closed: false, paused: false, version: 2 };
    await tickets.queue.load({ ...sale, epoch: 1 });
    const recovery = createRedisRecovery(servers, redis.prefix);
    const known = (ticket: number): KnownOrder => ({ ...purchase(), tickets: [ticket], reservedAt: 1, live: true });
    await recovery.seal(sale);

    const [begun, refused] = [signal(), signal()];
    const later = async function* () {
      yield [known(3)];
      begun.give();
      await refused.given;
    };
    let second: Promise<unknown> | undefined;
    const earlier = async function* () {
      yield [known(7)];
      second = recovery.rebuild(sale, later());
      await begun.given;
      yield [known(8)];
    };
    await expect(recovery.rebuild(sale, earlier())).rejects.toMatchObject({ code: 'fenced' });
    refused.give();
    expect(await second).toMatchObject({ kind: 'done', held: 1 });
  });

  it('rejects a delayed load of a sale that was sold and lost since', async () => {
    const { queue } = tickets;
    const sale = openSale({ total: 10 });
    const incarnation = await queue.incarnation?.(sale.id);
    await queue.load(sale, incarnation);
    await queue.reserve(sale.id, 1, purchases(3));
    // As after FLUSHALL.
    for await (const keys of redis.redis.scanStream({ match: `${redis.prefix}{${sale.id}}*` })) {
      for (const key of keys as string[]) await redis.redis.unlink(key);
    }

    await expect(queue.load(sale, incarnation)).rejects.toMatchObject({ code: 'fenced' });
    const next = await queue.incarnation?.(sale.id);
    expect(next).not.toBe(incarnation);
    await expect(queue.load(sale, incarnation)).rejects.toMatchObject({ code: 'fenced' });
    expect(await queue.stock(sale.id)).toBeUndefined();
    await queue.load(sale, next);
    expect(await queue.stock(sale.id)).toMatchObject({ remaining: 10 });
  });

  it('rejects a delayed load when Redis has restarted with the key of its earlier incarnation', async () => {
    const { queue } = tickets;
    const sale = openSale({ total: 10 });
    const ofAnotherRun = 'an-earlier-run-id 1 1';
    await redis.redis.set(keysOf(redis.prefix, sale.id, ['incarnation'])[0] as string, ofAnotherRun);

    await expect(queue.load(sale, ofAnotherRun)).rejects.toMatchObject({ code: 'fenced' });
    expect(await queue.incarnation?.(sale.id)).not.toBe(ofAnotherRun);
  });
});
