import { describe, expect, it } from 'vitest';
import type { ReserveItem } from '../../../src/ports/ticket-queue.ts';
import { newName, newOrderId, purchase, purchases } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';
import { answersOf } from './harness.ts';

const DAY_MS = 86_400_000;

/** The limit of a buyer's orders that have ended. */
export function ticketQueueEndedTests({ queue, load, audit }: QueueBench): void {
  const answers = async (saleId: string, items: readonly ReserveItem[], maxEnded?: number) =>
    answersOf(await queue().reserve(saleId, 1, items, 0, maxEnded));
  const kinds = async (...call: Parameters<typeof answers>) => (await answers(...call)).map(({ kind }) => kind);
  /** Buys and releases, one after the other. */
  const cycles = async (saleId: string, userId: string, count: number, maxEnded: number): Promise<string[]> => {
    const all: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const item = purchase({ userId });
      all.push(...(await kinds(saleId, [item], maxEnded)));
      await queue().release(saleId, [item.orderId]);
    }
    return all;
  };

  describe("a buyer's ended orders", () => {
    it('are counted up to the limit, beyond which they can place no more', async () => {
      const saleId = await load();
      const userId = newName('user');

      expect(await cycles(saleId, userId, 5, 3)).toEqual([
        ...['reserved', 'reserved', 'reserved', 'tooManyOrders', 'tooManyOrders'],
      ]);
      expect(await audit(saleId)).toMatchObject({ held: 0, heldByBuyers: 0, remaining: 10 });
    });

    it('do not include those that hold their tickets', async () => {
      const saleId = await load({ perBuyerLimit: 4 });
      const userId = newName('user');

      expect(await kinds(saleId, purchases(5, { userId }), 1)).toEqual([
        ...['reserved', 'reserved', 'reserved', 'reserved', 'limitReached'],
      ]);
    });

    it('leave what the buyer still holds as it is', async () => {
      const saleId = await load({ perBuyerLimit: 3 });
      const userId = newName('user');
      const [first, second, third] = purchases(3, { userId }) as [ReserveItem, ReserveItem, ReserveItem];
      await answers(saleId, [first, second, third]);
      await queue().release(saleId, [second.orderId]);

      expect(await answers(saleId, purchases(2, { userId }), 2)).toMatchObject([
        { kind: 'reserved' },
        { kind: 'limitReached', orderIds: expect.arrayContaining([first.orderId, third.orderId]) },
      ]);
      await queue().release(saleId, [first.orderId]);
      expect(await kinds(saleId, purchases(1, { userId }), 2)).toEqual(['tooManyOrders']);
      expect(await audit(saleId)).toMatchObject({ held: 2, heldByBuyers: 2, remaining: 8 });
      expect(await queue().find(saleId, third.orderId)).toMatchObject({ orderId: third.orderId });
    });

    it('are counted once, however often they are released', async () => {
      const saleId = await load();
      const item = purchase();
      await answers(saleId, [item]);
      await queue().release(saleId, [item.orderId, item.orderId]);
      await queue().release(saleId, [item.orderId]);

      expect(await kinds(saleId, [purchase({ userId: item.userId })], 2)).toEqual(['reserved']);
    });

    it('are counted when several are released by one call', async () => {
      const saleId = await load({ perBuyerLimit: 3 });
      const userId = newName('user');
      const items = purchases(3, { userId });
      await answers(saleId, items);
      await queue().release(
        saleId,
        items.map(({ orderId }) => orderId),
      );

      expect(await kinds(saleId, purchases(1, { userId }), 4)).toEqual(['reserved']);
      expect(await kinds(saleId, purchases(1, { userId }), 3)).toEqual(['tooManyOrders']);
    });

    it('still answer for their keys beyond the limit', async () => {
      const saleId = await load();
      const item = purchase({ key: 'k:1' });
      const [reserved] = await answers(saleId, [item]);
      await queue().release(saleId, [item.orderId]);
      const again = { ...item, orderId: newOrderId() };

      expect(await answers(saleId, [item, again, { ...again, fingerprint: 'other' }], 1)).toEqual([
        reserved,
        expect.objectContaining({ kind: 'replayed', orderId: item.orderId }),
        { kind: 'keyMismatch' },
      ]);
      expect(await kinds(saleId, [purchase({ userId: item.userId, key: 'k:2' })], 1)).toEqual(['tooManyOrders']);
    });

    it("are each buyer's own, and each sale's", async () => {
      const [one, two] = [await load(), await load()];
      const [ann, bob] = [newName('user'), newName('user')];
      await cycles(one, ann, 2, 2);

      expect(await kinds(one, [purchase({ userId: ann }), purchase({ userId: bob })], 2)).toEqual([
        'tooManyOrders',
        'reserved',
      ]);
      expect(await kinds(two, [purchase({ userId: ann })], 2)).toEqual(['reserved']);
    });

    it('are counted in a sale with a high limit per buyer', async () => {
      const saleId = await load({ perBuyerLimit: 50, total: 100 });
      const userId = newName('user');
      const items = purchases(30, { userId });
      await answers(saleId, items);
      const released = items.slice(0, 25).map(({ orderId }) => orderId);
      expect(await queue().release(saleId, released)).toHaveLength(25);

      expect(await kinds(saleId, purchases(1, { userId }), 26)).toEqual(['reserved']);
      expect(await kinds(saleId, purchases(1, { userId }), 25)).toEqual(['tooManyOrders']);
      expect(await audit(saleId)).toMatchObject({ held: 6, heldByBuyers: 6 });
    });

    it('are counted without a limit, too, which may come later', async () => {
      const saleId = await load();
      const userId = newName('user');
      await cycles(saleId, userId, 3, 0);

      expect(await kinds(saleId, [purchase({ userId })], 3)).toEqual(['tooManyOrders']);
      expect(await kinds(saleId, [purchase({ userId })])).toEqual(['reserved']);
    });

    it('are counted for a buyer of any name', async () => {
      for (const userId of [`a'b"c\\d`, 'Zoë 東京', '007', '3~', 'a:b|c,d;e f', 'constructor']) {
        const saleId = await load();
        expect(await cycles(saleId, userId, 2, 1)).toEqual(['reserved', 'tooManyOrders']);
      }
    });

    it('matter less than the gate', async () => {
      const saleId = await load({ opensAt: Date.now() - 2 * DAY_MS, closesAt: Date.now() + DAY_MS });
      const userId = newName('user');
      await cycles(saleId, userId, 1, 1);
      await queue().close(saleId, 1);

      expect(await kinds(saleId, [purchase({ userId })], 1)).toEqual(['closed']);
    });
  });
}
