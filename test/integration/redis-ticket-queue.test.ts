import { beforeAll, describe, expect, it, vi } from 'vitest';
import { keysOf } from '../../src/adapters/redis/keys.ts';
import { SCRIPTS } from '../../src/adapters/redis/scripts.ts';
import type { QueuedSale } from '../../src/ports/ticket-queue.ts';
import { openSale, purchase, purchases } from '../contract/fixtures.ts';
import { answersOf, ticketOf } from '../contract/ticket-queue/harness.ts';
import { inOneMinute } from '../support/in-one-minute.ts';
import { auditQueue } from '../support/queue-audit.ts';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { redisQueueRig } from '../support/redis-queue-rig.ts';

/** What the port can't show: how the scripts treat keys that were changed by others. */
describe.skipIf(TEST_REDIS_URL === undefined)('the ticket queue on Redis, with TEST_REDIS_URL', () => {
  const rig = redisQueueRig();
  const { keyOf, reserve, loaded } = rig;
  let runId: string;

  beforeAll(async () => {
    runId = /^run_id:(\w+)/m.exec(await rig.own.redis.info('server'))?.[1] ?? '';
  });

  it('never sells a ticket that is held, even if it is in the queue', async () => {
    const saleId = await loaded({ total: 4 });
    await reserve(saleId, 2);
    await rig.own.redis.lpush(keyOf(saleId, 'queue'), 2, 1);

    expect(await auditQueue(rig.adapter.auditSource, saleId)).toMatchObject({ doubled: [1, 2] });
    expect((await reserve(saleId, 3)).map(ticketOf)).toEqual([3, 4, undefined]);
    expect(await auditQueue(rig.adapter.auditSource, saleId)).toMatchObject({ held: 4, remaining: 0, doubled: [] });
  });

  it('never sells one ticket twice in a batch, even if it is in the queue twice', async () => {
    const saleId = await loaded({ total: 3 });
    await rig.own.redis.lpush(keyOf(saleId, 'queue'), 1);

    expect((await reserve(saleId, 4)).map(ticketOf)).toEqual([1, 2, 3, undefined]);
  });

  it('does nothing when an order id of the batch belongs to another purchase', async () => {
    const saleId = await loaded();
    const [first, second] = [purchase(), purchase()];
    await rig.adapter.queue.reserve(saleId, 1, [first]);
    const before = await auditQueue(rig.adapter.auditSource, saleId);
    const stolen = purchase({ orderId: first.orderId });

    await expect(rig.adapter.queue.reserve(saleId, 1, [second, stolen])).rejects.toMatchObject({ code: 'corrupt' });
    await expect(
      rig.adapter.queue.reserve(saleId, 1, [second, purchase({ orderId: second.orderId })]),
    ).rejects.toMatchObject({ code: 'corrupt' });
    expect(await auditQueue(rig.adapter.auditSource, saleId)).toEqual(before);
  });

  it('does nothing when one of its keys has another type', async () => {
    const saleId = await loaded();
    await rig.own.redis.set(keyOf(saleId, 'pending'), 'no zset');
    await expect(reserve(saleId, 3)).rejects.toMatchObject({ code: 'corrupt' });
    const several = purchases(2, { quantity: 2 });
    await expect(rig.adapter.queue.reserve(saleId, 1, several)).rejects.toMatchObject({ code: 'corrupt' });
    await rig.own.redis.del(keyOf(saleId, 'pending'));

    expect(await auditQueue(rig.adapter.auditSource, saleId)).toMatchObject({
      held: 0,
      heldByBuyers: 0,
      remaining: 10,
      pending: 0,
    });
  });

  describe("the buyers' attempts", () => {
    const attemptAs = async (saleId: string, userId: string, maxAttempts = 1) =>
      answersOf(await rig.adapter.queue.reserve(saleId, 1, [purchase({ userId })], maxAttempts))[0];

    it('are kept until the end of the minute, and only with a limit', async () => {
      await inOneMinute(async () => {
        const saleId = await loaded();
        const attempts = keyOf(saleId, 'attempts');
        await attemptAs(saleId, 'ann', 0);
        expect(await rig.own.redis.exists(attempts)).toBe(0);
        await attemptAs(saleId, 'ann');
        const [now, endsInMs] = [Date.now(), await rig.own.redis.pttl(attempts)];
        expect((now + endsInMs + 30_000) % 60_000).toBeCloseTo(30_000, -3);
        await attemptAs(saleId, 'bob', 2);
        await attemptAs(saleId, 'bob', 2);
        expect(await rig.own.redis.hgetall(attempts)).toEqual({ ann: '1', bob: '2' });
      });
    });

    it('count from zero once they have expired', async () => {
      const saleId = await loaded();
      await attemptAs(saleId, 'ann');
      await rig.own.redis.pexpire(keyOf(saleId, 'attempts'), 1);
      await vi.waitFor(async () => expect(await rig.own.redis.exists(keyOf(saleId, 'attempts'))).toBe(0), {
        interval: 1,
      });

      expect(await attemptAs(saleId, 'ann')).toMatchObject({ kind: 'reserved' });
      expect(await rig.own.redis.pttl(keyOf(saleId, 'attempts'))).toBeGreaterThan(0);
    });

    it.each([
      ['never', (key: string) => rig.own.redis.persist(key)],
      ['in an hour, as after a clock was set back', (key: string) => rig.own.redis.pexpire(key, 3_600_000)],
    ])('count from zero when they would expire %s', async (_, spoil) => {
      const saleId = await loaded();
      await attemptAs(saleId, 'bob');
      await attemptAs(saleId, 'ann');
      await spoil(keyOf(saleId, 'attempts'));

      expect(await attemptAs(saleId, 'ann')).toMatchObject({ kind: 'reserved' });
      expect(await rig.own.redis.hgetall(keyOf(saleId, 'attempts'))).toEqual({ ann: '1' });
      expect(await rig.own.redis.pttl(keyOf(saleId, 'attempts'))).toBeLessThanOrEqual(60_000);
    });

    it('count nothing when the call does nothing', async () => {
      const saleId = await loaded();
      const item = purchase({ userId: 'ann' });
      await rig.adapter.queue.reserve(saleId, 1, [item]);
      const stolen = purchase({ orderId: item.orderId, userId: 'ann' });

      await expect(rig.adapter.queue.reserve(saleId, 1, [stolen], 1)).rejects.toMatchObject({ code: 'corrupt' });
      expect(await rig.own.redis.exists(keyOf(saleId, 'attempts'))).toBe(0);
    });
  });

  describe("a sale's own fence", () => {
    const calls = (saleId: string) => [
      () => rig.adapter.queue.reserve(saleId, 1, purchases(1)),
      () => rig.adapter.queue.load(openSale({ id: saleId })),
      () => rig.adapter.queue.stock(saleId),
      () => rig.adapter.queue.find(saleId, 'A'),
      () => auditQueue(rig.adapter.auditSource, saleId),
      () => rig.adapter.queue.close(saleId, 1),
      () => rig.adapter.queue.release(saleId, ['A']),
      () => rig.adapter.queue.published(saleId, 1, ['A']),
      () => rig.adapter.queue.claimStranded(saleId, { leaseMs: 0, max: 1 }),
    ];

    it('rejects every call when the sale was last sound under another run_id, and does nothing', async () => {
      const saleId = await loaded();
      await rig.own.redis.set(keyOf(saleId, 'sound'), 'another');
      for (const call of calls(saleId)) {
        await expect(call()).rejects.toMatchObject({ code: 'fenced', retryable: false });
      }

      expect(await rig.own.redis.llen(keyOf(saleId, 'queue'))).toBe(10);
    });

    it('stays closed when the earlier run_id returns, until recovery sets the present one', async () => {
      const saleId = await loaded();
      await rig.own.redis.set(keyOf(saleId, 'sound'), 'another');
      await expect(reserve(saleId, 1)).rejects.toMatchObject({ code: 'fenced' });

      expect(await rig.own.redis.get(keyOf(saleId, 'sound'))).toBe('lost');
      await rig.own.redis.set(keyOf(saleId, 'sound'), runId);
      expect((await reserve(saleId, 1)).map(ticketOf)).toEqual([1]);
    });

    it('does not affect other sales', async () => {
      const [lost, sound] = [await loaded(), await loaded()];
      await rig.own.redis.set(keyOf(lost, 'sound'), 'another');

      expect((await reserve(sound, 1)).map(ticketOf)).toEqual([1]);
    });
  });

  it('answers the other sales of a shared call when one is fenced and one is damaged, which are not changed', async () => {
    const saleIds = [await loaded(), await loaded(), await loaded(), await loaded(), await loaded()];
    const [first = '', lost = '', damaged = '', repeated = '', last = ''] = saleIds;
    await rig.own.redis.set(keyOf(lost, 'sound'), 'another');
    await rig.own.redis.set(keyOf(damaged, 'pending'), 'no zset');
    const taken = purchase();
    await rig.adapter.queue.reserve(repeated, 1, [taken]);
    const stolen = purchase({ orderId: taken.orderId });
    const results = await Promise.allSettled(
      saleIds.map((saleId) => rig.adapter.queue.reserve(saleId, 1, saleId === repeated ? [stolen] : purchases(2))),
    );
    expect(results).toMatchObject([
      { value: { answers: [{ tickets: [1] }, { tickets: [2] }] } },
      { reason: { code: 'fenced', retryable: false } },
      { reason: { code: 'corrupt' } },
      { reason: { code: 'corrupt' } },
      { value: { answers: [{ tickets: [1] }, { tickets: [2] }] } },
    ]);
    expect(await rig.own.redis.get(keyOf(lost, 'sound'))).toBe('lost');
    expect(await rig.own.redis.llen(keyOf(lost, 'queue'))).toBe(10);
    expect(await rig.own.redis.llen(keyOf(damaged, 'queue'))).toBe(10);
    expect(await auditQueue(rig.adapter.auditSource, repeated)).toMatchObject({ held: 1 });
    for (const saleId of [first, last]) {
      expect(await auditQueue(rig.adapter.auditSource, saleId)).toMatchObject({ held: 2, remaining: 8 });
    }
  });

  it('makes one call for several sales', async () => {
    const saleIds = [await loaded(), await loaded(), await loaded()];
    const commands = async () => {
      const stats = await rig.own.redis.info('commandstats');
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    const before = await commands();
    await Promise.all(saleIds.map((saleId) => rig.adapter.queue.reserve(saleId, 1, purchases(1))));
    expect((await commands()) - before).toBe(1);
  });

  it('rejects order ids that its entries cannot contain', async () => {
    const saleId = await loaded();
    for (const orderId of ['', 'a b', 'a,b', 'a*2']) {
      await expect(rig.adapter.queue.reserve(saleId, 1, [purchase({ orderId })])).rejects.toMatchObject({
        code: 'corrupt',
      });
    }
    await expect(reserve(saleId, 257)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('drops a pending order that holds no ticket', async () => {
    const saleId = await loaded();
    await rig.own.redis.zadd(keyOf(saleId, 'pending'), 1, 'no-order');

    expect(await rig.adapter.queue.claimStranded(saleId, { leaseMs: 0, max: 10 })).toEqual([]);
    expect(await auditQueue(rig.adapter.auditSource, saleId)).toMatchObject({ pending: 0 });
  });

  describe('a load', () => {
    const ANY_INCARNATION = '';

    /** A single call of the script, as of a process that then dies. */
    const loadSome = ({ id, epoch, total, perBuyerLimit, opensAt, closesAt }: QueuedSale, tickets: number) =>
      rig.own.redis.evalsha(
        SCRIPTS.load.sha,
        SCRIPTS.load.keys.length,
        ...keysOf(rig.own.prefix, id, SCRIPTS.load.keys),
        ...[epoch, total, perBuyerLimit, opensAt, closesAt, tickets, ANY_INCARNATION, runId],
      );

    it('that was interrupted sells nothing until it is repeated', async () => {
      const sale = openSale({ total: 100 });
      await loadSome(sale, 30);

      expect(await rig.adapter.queue.reserve(sale.id, 1, purchases(1))).toEqual({ kind: 'unknownSale' });
      expect(await rig.adapter.queue.stock(sale.id)).toBeUndefined();
      expect(await auditQueue(rig.adapter.auditSource, sale.id)).toBeUndefined();

      await rig.adapter.queue.load(sale);
      expect((await reserve(sale.id, 101)).map(ticketOf)).toEqual([
        ...Array.from({ length: 100 }, (_, i) => i + 1),
        undefined,
      ]);
    });

    it('starts again when the sale has changed in the meantime', async () => {
      const sale = openSale({ total: 100 });
      await loadSome(sale, 30);
      await rig.adapter.queue.load({ ...sale, total: 5 });

      expect((await reserve(sale.id, 6)).map(ticketOf)).toEqual([1, 2, 3, 4, 5, undefined]);
    });

    it('by two processes at once adds each ticket once', async () => {
      const sale = openSale({ total: 60_000 });
      await Promise.all([rig.adapter.queue.load(sale), rig.adapter.queue.load(sale)]);

      expect(await rig.own.redis.llen(keyOf(sale.id, 'queue'))).toBe(60_000);
      expect(await auditQueue(rig.adapter.auditSource, sale.id)).toMatchObject({ remaining: 60_000, doubled: [] });
    });
  });
});
