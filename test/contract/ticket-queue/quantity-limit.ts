import { describe, expect, it } from 'vitest';
import type { ReserveItem } from '../../../src/ports/ticket-queue.ts';
import { purchase } from '../fixtures.ts';
import type { QueueBench } from './harness.ts';

/** The limit of a buyer counts tickets, of whatever orders. */
export function ticketQueueQuantityLimitTests({ queue, load, answers, audit }: QueueBench): void {
  const kinds = async (saleId: string, items: readonly ReserveItem[]) =>
    (await answers(saleId, items)).map(({ kind }) => kind);

  describe("the buyer's limit, if orders have several tickets,", () => {
    it('counts tickets, over calls and within one, and names the orders', async () => {
      const saleId = await load({ perBuyerLimit: 4 });
      const by = (quantity: number) => purchase({ userId: 'u', quantity });
      const [first, second] = [by(3), by(1)];

      expect(await answers(saleId, [first, by(2)])).toMatchObject([
        { kind: 'reserved' },
        { kind: 'limitReached', orderIds: [first.orderId] },
      ]);
      expect(await kinds(saleId, [by(2), by(4), second])).toEqual(['limitReached', 'limitReached', 'reserved']);
      const [refused] = await answers(saleId, [by(1)]);
      expect(refused?.kind === 'limitReached' && refused.orderIds.toSorted()).toEqual(
        [first.orderId, second.orderId].toSorted(),
      );
      expect(await audit(saleId)).toMatchObject({ held: 4, heldByBuyers: 4, remaining: 6 });
    });

    it('is freed by as many tickets as a release or a forfeit ends', async () => {
      const saleId = await load({ total: 20, perBuyerLimit: 6 });
      const by = (quantity: number) => purchase({ userId: 'u', quantity });
      const [first, second, third] = [by(3), by(2), by(1)];
      await answers(saleId, [first, second, third]);
      await queue().release(saleId, [first.orderId]);
      expect(await kinds(saleId, [by(4), by(2), by(2), by(1)])).toEqual([
        ...['limitReached', 'reserved', 'limitReached', 'reserved'],
      ]);
      await queue().forfeit(saleId, [{ orderId: second.orderId, tickets: [5] }]);

      expect(await kinds(saleId, [by(3), by(2), by(1)])).toEqual(['limitReached', 'reserved', 'limitReached']);
      expect(await audit(saleId)).toMatchObject({ held: 6, heldByBuyers: 6, remaining: 13, doubled: [] });
    });

    it('names no order to a buyer who holds none and asks for more', async () => {
      const saleId = await load({ perBuyerLimit: 2 });
      const [item, other] = [purchase(), purchase({ quantity: 2 })];

      expect(await answers(saleId, [purchase({ quantity: 3 })])).toEqual([{ kind: 'limitReached', orderIds: [] }]);
      await answers(saleId, [item, other]);
      await queue().release(saleId, [item.orderId]);
      expect(await answers(saleId, [purchase({ userId: item.userId, quantity: 3 })])).toEqual([
        { kind: 'limitReached', orderIds: [] },
      ]);
    });

    it('is judged before the stock', async () => {
      const saleId = await load({ total: 2, perBuyerLimit: 3 });
      expect(await kinds(saleId, [purchase({ quantity: 4 }), purchase({ quantity: 3 })])).toEqual([
        ...['limitReached', 'notEnoughLeft'],
      ]);
      await answers(saleId, [purchase({ quantity: 2 })]);

      expect(await kinds(saleId, [purchase({ quantity: 4 }), purchase({ quantity: 3 })])).toEqual([
        ...['limitReached', 'soldOut'],
      ]);
    });

    it.each([
      ['the first', 0],
      ['the last', 20],
      ['some', 9],
    ])('is freed by %s of many orders', async (_, from) => {
      const saleId = await load({ total: 200, perBuyerLimit: 90 });
      const by = (quantity: number) => purchase({ userId: 'u', quantity });
      const items = Array.from({ length: 36 }, (_, n) => by((n % 4) + 1));
      expect(new Set(await kinds(saleId, items))).toEqual(new Set(['reserved']));
      const [refused] = await answers(saleId, [by(1)]);
      expect(refused?.kind === 'limitReached' && new Set(refused.orderIds).size).toBe(20);

      const ended = items.slice(from, from + 15);
      expect(
        await queue().release(
          saleId,
          ended.map(({ orderId }) => orderId),
        ),
      ).toHaveLength(15);
      const freed = ended.reduce((sum, { quantity }) => sum + quantity, 0);
      const held = 90 - freed;
      expect(await audit(saleId)).toMatchObject({ held, heldByBuyers: held, remaining: 200 - held, doubled: [] });
      const more = Array.from({ length: Math.floor(freed / 3) }, () => by(3));
      expect(new Set(await kinds(saleId, more))).toEqual(new Set(['reserved']));
      expect(await kinds(saleId, [by((freed % 3) + 1)])).toEqual(['limitReached']);
    });
  });
}
