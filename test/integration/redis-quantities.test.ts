import { describe, expect, it } from 'vitest';
import { purchase } from '../contract/fixtures.ts';
import { answersOf, ticketOf } from '../contract/ticket-queue/harness.ts';
import { auditQueue } from '../support/queue-audit.ts';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { redisQueueRig } from '../support/redis-queue-rig.ts';

/** What the port can't show of orders of several tickets. */
describe.skipIf(TEST_REDIS_URL === undefined)('several tickets of one order on Redis, with TEST_REDIS_URL', () => {
  const rig = redisQueueRig();
  const { keyOf, reserve, loaded } = rig;

  it('never sells an order a ticket that is held, or the same one twice, even if it is in the queue', async () => {
    const saleId = await loaded({ total: 6, perBuyerLimit: 4 });
    await reserve(saleId, 2);
    await rig.own.redis.lpush(keyOf(saleId, 'queue'), 3, 2, 1);
    const items = [3, 4, 2].map((quantity) => purchase({ quantity }));

    expect(answersOf(await rig.adapter.queue.reserve(saleId, 1, items))).toMatchObject([
      { kind: 'reserved', tickets: [3, 4, 5] },
      { kind: 'notEnoughLeft', remaining: 1 },
      { kind: 'notEnoughLeft', remaining: 1 },
    ]);
    expect(await auditQueue(rig.adapter.auditSource, saleId)).toMatchObject({ held: 5, remaining: 1, doubled: [] });
    expect((await reserve(saleId, 2)).map(ticketOf)).toEqual([6, undefined]);
  });

  it('removes held tickets from the queue, and keeps those that are too few for an order', async () => {
    const saleId = await loaded({ total: 4, perBuyerLimit: 4 });
    await reserve(saleId, 2);
    await rig.own.redis.linsert(keyOf(saleId, 'queue'), 'BEFORE', '4', '1');
    await rig.own.redis.rpush(keyOf(saleId, 'queue'), 2);
    expect(answersOf(await rig.adapter.queue.reserve(saleId, 1, [purchase({ quantity: 3 })]))).toEqual([
      { kind: 'notEnoughLeft', remaining: 2 },
    ]);

    expect(await rig.own.redis.lrange(keyOf(saleId, 'queue'), 0, -1)).toEqual(['3', '4']);
    expect(await rig.adapter.queue.stock(saleId)).toMatchObject({ remaining: 2 });
  });

  it('stores one ticket as it did before there were several, and no count of them', async () => {
    const saleId = await loaded({ perBuyerLimit: 4 });
    const [one, several] = [purchase({ userId: 'u' }), purchase({ userId: 'u', quantity: 2 })];
    await rig.adapter.queue.reserve(saleId, 1, [one]);
    expect(await rig.own.redis.hget(keyOf(saleId, 'ledger'), one.orderId)).toMatch(/^1 \d+ 1 1 u/);
    expect(await rig.own.redis.hget(keyOf(saleId, 'buyers'), 'u')).toBe(one.orderId);
    expect(await rig.own.redis.hexists(keyOf(saleId, 'meta'), 'extra')).toBe(0);

    await rig.adapter.queue.reserve(saleId, 1, [several]);
    expect(await rig.own.redis.hget(keyOf(saleId, 'ledger'), several.orderId)).toMatch(/^2,3 \d+ 1 1 u/);
    expect(await rig.own.redis.hget(keyOf(saleId, 'buyers'), 'u')).toBe(`${one.orderId},${several.orderId}*2`);
    expect(await rig.own.redis.hget(keyOf(saleId, 'meta'), 'extra')).toBe('1');
  });

  it.each([0, -1, 1.5, 21, Number.NaN])('rejects a quantity of %d', async (quantity) => {
    const saleId = await loaded({ perBuyerLimit: 100, total: 100 });
    const items = [purchase(), purchase({ quantity })];

    await expect(rig.adapter.queue.reserve(saleId, 1, items)).rejects.toMatchObject({ code: 'corrupt' });
    expect(await rig.adapter.queue.stock(saleId)).toMatchObject({ remaining: 100 });
  });
});
