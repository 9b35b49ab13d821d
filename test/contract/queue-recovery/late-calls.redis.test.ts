import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOf } from '../../../src/adapters/redis/keys.ts';
import { createRedisRecovery } from '../../../src/adapters/redis/recovery.ts';
import { connectSingle, type RedisServers } from '../../../src/adapters/redis/servers.ts';
import { createRedisTicketQueue, type RedisTicketQueue } from '../../../src/adapters/redis/ticket-queue.ts';
import type { KnownOrder } from '../../../src/ports/queue-recovery.ts';
import { auditQueue } from '../../support/queue-audit.ts';
import { type RedisPrefix, redisPrefix, TEST_REDIS_URL } from '../../support/redis-prefix.ts';
import { openSale, purchase, purchases } from '../fixtures.ts';

/** The call of this place arrives again before each of those behind it. */
function repeating(place: number, servers: RedisServers): RedisServers {
  let calls = 0;
  let again: (() => Promise<unknown>) | undefined;
  return {
    ...servers,
    async call(saleId, command, args, timeoutMs) {
      // Refused or not: nobody waits for this answer any more.
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
    'builds the same sale when its call %d arrives again and again',
    async (place) => {
      const sale = { ...openSale({ total: 60_000 }), epoch: 2, closed: false };
      await tickets.queue.load({ ...sale, epoch: 1 });
      await tickets.queue.reserve(sale.id, 1, purchases(20));
      const orders = purchases(2500).map(
        (item, n): KnownOrder => ({ ...item, ticket: 100 + n, reservedAt: 1, live: true }),
      );
      const recovery = createRedisRecovery(repeating(place, servers), redis.prefix);

      const chunks = async function* () {
        yield orders;
      };
      expect(await recovery.rebuild(sale, chunks())).toEqual({ kind: 'done', held: 2520, survivors: 20 });
      expect(await auditQueue(tickets.auditSource, sale.id)).toMatchObject({
        ...{ epoch: 2, held: 2520, heldByBuyers: 2520, remaining: 57_480, pending: 20, doubled: [] },
      });
    },
  );

  it('adds nothing to what another attempt of its epoch builds', async () => {
    const sale = { ...openSale({ total: 10 }), epoch: 2, closed: false };
    await tickets.queue.load({ ...sale, epoch: 1 });
    const recovery = createRedisRecovery(servers, redis.prefix);
    const known = (ticket: number): KnownOrder => ({ ...purchase(), ticket, reservedAt: 1, live: true });
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

  it('does not let a load that was held up put back a sale that was sold and lost since', async () => {
    const { queue } = tickets;
    const sale = openSale({ total: 10 });
    const life = await queue.incarnation?.(sale.id);
    await queue.load(sale, life);
    await queue.reserve(sale.id, 1, purchases(3));
    // As after FLUSHALL.
    for await (const keys of redis.redis.scanStream({ match: `${redis.prefix}{${sale.id}}*` })) {
      for (const key of keys as string[]) await redis.redis.unlink(key);
    }

    await expect(queue.load(sale, life)).rejects.toMatchObject({ code: 'fenced' });
    const next = await queue.incarnation?.(sale.id);
    expect(next).not.toBe(life);
    await expect(queue.load(sale, life)).rejects.toMatchObject({ code: 'fenced' });
    expect(await queue.stock(sale.id)).toBeUndefined();
    await queue.load(sale, next);
    expect(await queue.stock(sale.id)).toMatchObject({ remaining: 10 });
  });

  it('does not let it do so either when a Redis has restarted that still has the name of its life', async () => {
    const { queue } = tickets;
    const sale = openSale({ total: 10 });
    const ofAnotherRun = 'a run_id of another time 1 1';
    await redis.redis.set(keysOf(redis.prefix, sale.id, ['incarnation'])[0] as string, ofAnotherRun);

    await expect(queue.load(sale, ofAnotherRun)).rejects.toMatchObject({ code: 'fenced' });
    expect(await queue.incarnation?.(sale.id)).not.toBe(ofAnotherRun);
  });
});
