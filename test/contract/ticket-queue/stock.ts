import { describe, expect, it } from 'vitest';
import { newOrderId, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';

/** The version tells a reader which of two figures is newer, whatever the order of their arrival. */
export function ticketQueueStockTests({ queue, load }: QueueBench): void {
  describe("the stock's version", () => {
    const versionOf = async (saleId: string): Promise<number> => (await queue().stock(saleId))?.version ?? Number.NaN;

    it('increases with each call that takes or returns tickets', async () => {
      const saleId = await load();
      const items = purchases(3);
      const versions = [await versionOf(saleId)];
      for (const item of items) {
        await queue().reserve(saleId, 1, [item]);
        versions.push(await versionOf(saleId));
      }
      await queue().release(
        saleId,
        items.map(({ orderId }) => orderId),
      );
      versions.push(await versionOf(saleId));

      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    });

    it('is in the answer of the call that changed it', async () => {
      const saleId = await load();
      const reply = await queue().reserve(saleId, 1, purchases(3));

      expect(reply).toMatchObject({ stock: await queue().stock(saleId) });
    });

    it('is not changed by calls that change nothing', async () => {
      const saleId = await load({ total: 1 });
      const item = purchase({ key: 'k:1' });
      await queue().reserve(saleId, 1, [item]);
      const before = await queue().stock(saleId);
      await queue().reserve(saleId, 1, [item, { ...item, orderId: newOrderId() }, purchase()]);
      await queue().release(saleId, [newOrderId()]);
      await queue().published(saleId, 1, [item.orderId]);
      await queue().claimStranded(saleId, { leaseMs: 0, max: 10 });
      await queue().close(saleId, 1);
      await queue().reserve(saleId, 1, purchases(1));

      expect(await queue().stock(saleId)).toEqual(before);
    });

    it('of a later epoch is greater than any of an earlier one', async () => {
      const [early, late] = [await load({ epoch: 3 }), await load({ epoch: 4 })];
      await queue().reserve(early, 3, purchases(10));

      expect(await versionOf(late)).toBeGreaterThan(await versionOf(early));
    });
  });
}
