import { describe, expect, it } from 'vitest';
import { openSale, purchase, purchases } from '../contract/fixtures.ts';
import { answersOf } from '../contract/ticket-queue/harness.ts';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { redisQueueRig } from '../support/redis-queue-rig.ts';

/** What an archived sale leaves in Redis. */
describe.skipIf(TEST_REDIS_URL === undefined)('a sale that is removed, with TEST_REDIS_URL', () => {
  const rig = redisQueueRig();
  const keysOfSale = (saleId: string) => rig.own.redis.keys(`${rig.own.prefix}{${saleId}}*`);

  /** A sale with all the keys that one can have, part of which an interrupted recovery left. */
  async function withAllKeys(): Promise<string> {
    const sale = openSale({ total: 50, perBuyerLimit: 20 });
    const { queue, recovery } = rig.adapter;
    await queue.load(sale, await queue.incarnation?.(sale.id));
    const [first] = answersOf(await queue.reserve(sale.id, 1, [purchase({ quantity: 3 }), ...purchases(2)], 100));
    expect(first?.kind).toBe('reserved');
    await recovery.seal({ ...sale, epoch: 2, closed: false, paused: false, version: 4 });
    return sale.id;
  }

  it('leaves no key, also if it has to be recovered', async () => {
    const saleId = await withAllKeys();
    expect((await keysOfSale(saleId)).length).toBeGreaterThan(9);
    await expect(rig.adapter.queue.stock(saleId)).rejects.toMatchObject({ code: 'fenced' });
    await rig.adapter.queue.remove(saleId);

    expect(await keysOfSale(saleId)).toEqual([]);
  });

  it('gets no key again from calls that come later', async () => {
    const sale = openSale();
    const { queue, recovery, auditSource } = rig.adapter;
    const incarnation = await queue.incarnation?.(sale.id);
    await queue.load(sale, incarnation);
    const item = purchase();
    await queue.reserve(sale.id, 1, [item]);
    await queue.remove(sale.id);

    await expect(queue.load(sale, incarnation)).rejects.toMatchObject({ code: 'fenced' });
    await queue.reserve(sale.id, 1, purchases(3), 9, 9);
    await queue.published(sale.id, 1, [item.orderId]);
    await queue.claimStranded(sale.id, { leaseMs: 0, max: 9 });
    await queue.release(sale.id, [item.orderId]);
    await queue.forfeit(sale.id, [{ orderId: item.orderId, tickets: [1] }]);
    await queue.update({ ...sale, paused: true, version: 9 });
    await queue.close(sale.id, 1);
    await queue.stock(sale.id);
    await auditSource.snapshot(sale.id);
    expect(await recovery.state(sale.id, 1)).toBe('unknown');
    await rig.adapter.flush();

    expect(await keysOfSale(sale.id)).toEqual([]);
  });
});
