import { describe, expect, it } from 'vitest';
import { newOrderId, openSale, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';

/** More rows than one call of any adapter deletes. */
const MANY = 2500;

/** What an archived sale leaves behind: nothing. */
export function ticketQueueRemoveTests({ queue, load, answers, audit }: QueueBench): void {
  describe('a removed sale', () => {
    it('is unknown to every call, and no call brings it back', async () => {
      const saleId = await load();
      const items = [purchase({ key: 'k:1' }), purchase({ quantity: 2 })];
      await answers(saleId, items);
      await queue().remove(saleId);
      const [orderId = '', other = ''] = items.map((item) => item.orderId);

      expect(await queue().reserve(saleId, 1, [purchase()])).toEqual({ kind: 'unknownSale' });
      await queue().published(saleId, 1, [orderId]);
      expect(await queue().claimStranded(saleId, { leaseMs: -1, max: 9 })).toEqual([]);
      expect(await queue().withUnpublished([saleId])).toEqual([]);
      expect(await queue().release(saleId, [orderId])).toEqual([]);
      await queue().forfeit(saleId, [{ orderId: other, tickets: [2] }]);
      const changed = { ...openSale({ id: saleId }), paused: false, version: 9 };
      expect(await queue().update(changed)).toBe('unknownSale');
      await queue().close(saleId, 1);
      expect(await queue().find(saleId, orderId)).toBeUndefined();
      expect(await queue().stock(saleId)).toBeUndefined();
      expect(await audit(saleId)).toBeUndefined();
    });

    it('is removed again without effect, and so is one that never was', async () => {
      const saleId = await load();
      await queue().remove(saleId);
      await queue().remove(saleId);
      await queue().remove('never_was');

      expect(await queue().stock(saleId)).toBeUndefined();
    });

    it('is not loaded again by a call that was delayed', async () => {
      const sale = openSale();
      const incarnation = await queue().incarnation?.(sale.id);
      await queue().load(sale, incarnation);
      await queue().remove(sale.id);

      await expect(queue().load(sale, incarnation)).rejects.toMatchObject({ code: 'fenced' });
      expect(await queue().stock(sale.id)).toBeUndefined();
    });

    it('leaves every other sale as it was, also one that is loaded later', async () => {
      const before = await load({ total: 3 });
      const first = purchases(2);
      await answers(before, first);
      const removed = await load({ total: MANY * 2 });
      for (let n = 0; n < MANY; n += 250) await answers(removed, purchases(250));
      const stock = await queue().stock(before);
      await queue().remove(removed);
      const after = await load({ total: 3 });

      expect(await queue().stock(before)).toEqual(stock);
      expect(await answers(before, first)).toMatchObject([{ tickets: [1] }, { tickets: [2] }]);
      expect(await answers(after, purchases(3))).toMatchObject([{ tickets: [1] }, { tickets: [2] }, { tickets: [3] }]);
      expect(await audit(after)).toMatchObject({ held: 3, remaining: 0, heldByBuyers: 3 });
    });

    it('takes no purchase that is in flight', async () => {
      const saleId = await load({ total: 500 });
      const inFlight = Array.from({ length: 20 }, () => queue().reserve(saleId, 1, [purchase({ key: newOrderId() })]));
      await queue().remove(saleId);
      await Promise.all(inFlight);

      expect(await queue().reserve(saleId, 1, [purchase()])).toEqual({ kind: 'unknownSale' });
      expect(await queue().stock(saleId)).toBeUndefined();
    });
  });
}
