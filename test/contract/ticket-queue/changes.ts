import { describe, expect, it } from 'vitest';
import type { ChangedSale, ReserveItem } from '../../../src/ports/ticket-queue.ts';
import { newOrderId, openSale, purchase, purchases } from '../fixtures.ts';
import { answersOf, type QueueBench, ticketOf } from './harness.ts';

const DAY_MS = 86_400_000;
/** More than one call of any adapter adds. */
const MANY = 60_000;

/** What an admin changes of a sale that sells: pause, resume, a later end, more tickets. */
export function ticketQueueChangeTests({ queue, answers, audit }: QueueBench): void {
  /** Loads a sale; `change` makes the sale as of each next version. */
  const loaded = async (overrides: Parameters<typeof openSale>[0] = {}) => {
    const sale = openSale(overrides);
    await queue().load(sale);
    let current: ChangedSale = { ...sale, paused: false, version: 1 };
    const change = (changes: Partial<ChangedSale>) => {
      current = { ...current, version: current.version + 1, ...changes };
      return queue().update(current);
    };
    return { saleId: sale.id, sale, change, kinds: kindsOf(sale.id) };
  };
  const kindsOf = (saleId: string) => async (items: readonly ReserveItem[]) =>
    (await answers(saleId, items)).map(({ kind }) => kind);

  describe('a paused sale', () => {
    it('reserves nothing, replays earlier purchases, and takes tickets back', async () => {
      const { saleId, change, kinds } = await loaded();
      const item = purchase({ key: 'k:1' });
      const [reserved] = await answers(saleId, [item]);
      expect(await change({ paused: true })).toBe('updated');

      const again = { ...item, orderId: newOrderId() };
      expect(await answers(saleId, [purchase(), item, again, { ...again, fingerprint: 'other' }])).toEqual([
        { kind: 'paused' },
        reserved,
        expect.objectContaining({ kind: 'replayed', orderId: item.orderId }),
        { kind: 'keyMismatch' },
      ]);
      expect(await queue().release(saleId, [item.orderId])).toEqual([item.orderId]);
      expect(await kinds(purchases(2))).toEqual(['paused', 'paused']);
      expect(await audit(saleId)).toMatchObject({ held: 0, heldByBuyers: 0, remaining: 10, doubled: [] });
    });

    it('sells again once it is resumed', async () => {
      const { change, kinds } = await loaded();
      await change({ paused: true });
      await change({ paused: false });

      expect(await kinds(purchases(1))).toEqual(['reserved']);
    });

    it('reserves nothing from the answer on, however many purchases are in flight', async () => {
      const { saleId, change } = await loaded({ total: 500 });
      let isPaused = false;
      const late: string[] = [];
      const crowd = Array.from({ length: 8 }, async () => {
        for (let n = 0; n < 25; n += 1) {
          const isLate = isPaused;
          for (const { kind } of await answers(saleId, purchases(2))) if (isLate) late.push(kind);
        }
      });
      await answers(saleId, purchases(2));
      await change({ paused: true });
      isPaused = true;
      await Promise.all(crowd);
      late.push(...(await answers(saleId, purchases(2))).map(({ kind }) => kind));

      expect(new Set(late)).toEqual(new Set(['paused']));
    });

    it('is paused before it opens, over when it is over, and closed when it is closed', async () => {
      const upcoming = await loaded({ opensAt: Date.now() + DAY_MS, closesAt: Date.now() + 2 * DAY_MS });
      const over = await loaded({ opensAt: Date.now() - 2 * DAY_MS, closesAt: Date.now() - DAY_MS });
      const closed = await loaded();
      await queue().close(closed.saleId, 1);
      for (const { change } of [upcoming, over, closed]) await change({ paused: true });

      expect(await upcoming.kinds(purchases(1))).toEqual(['paused']);
      expect(await over.kinds(purchases(1))).toEqual(['ended']);
      expect(await closed.kinds(purchases(1))).toEqual(['closed']);
      await closed.change({ paused: false });
      expect(await closed.kinds(purchases(1))).toEqual(['closed']);
    });
  });

  describe('a change', () => {
    it('of an earlier version, or of the same one, arrives too late', async () => {
      const { change, kinds } = await loaded();
      await change({ paused: true, version: 5 });
      expect(await change({ paused: false, total: 20, version: 4 })).toBe('updated');
      expect(await change({ paused: false, total: 20, version: 5 })).toBe('updated');
      expect(await kinds(purchases(1))).toEqual(['paused']);

      await change({ paused: false, total: 10, version: 6 });
      expect((await kinds(purchases(11))).filter((kind) => kind === 'reserved')).toHaveLength(10);
    });

    it('of another epoch, or of an unknown sale, changes nothing', async () => {
      const { sale, change, kinds } = await loaded();
      expect(await change({ paused: true, epoch: 2 })).toBe('stale');
      expect(await queue().update({ ...sale, id: 'never-loaded', paused: true, version: 2 })).toBe('unknownSale');

      expect(await kinds(purchases(1))).toEqual(['reserved']);
    });

    it('to a later end sells on', async () => {
      const { change, kinds } = await loaded({ opensAt: Date.now() - 2 * DAY_MS, closesAt: Date.now() - DAY_MS });
      expect(await kinds(purchases(1))).toEqual(['ended']);
      await change({ closesAt: Date.now() + DAY_MS });

      expect(await kinds(purchases(1))).toEqual(['reserved']);
    });
  });

  describe('added tickets', () => {
    it('are numbered on from the last one, and sold once each, however often the call is repeated', async () => {
      const { saleId, sale, change, kinds } = await loaded({ total: 2 });
      expect(await kinds(purchases(3))).toEqual(['reserved', 'reserved', 'soldOut']);
      const before = await queue().stock(saleId);
      const more = { ...sale, total: 5, paused: false, version: 7 };
      expect(await Promise.all([queue().update(more), queue().update(more), change({ total: 5, version: 7 })])).toEqual(
        [...['updated', 'updated', 'updated']],
      );

      const after = await queue().stock(saleId);
      expect(after?.remaining).toBe(3);
      expect(after?.version).toBeGreaterThan(before?.version ?? Number.NaN);
      expect((await answers(saleId, purchases(4))).map(ticketOf)).toEqual([3, 4, 5, undefined]);
      expect(await audit(saleId)).toMatchObject({ held: 5, heldByBuyers: 5, remaining: 0, doubled: [] });
    });

    it('join those that were returned', async () => {
      const { saleId, change } = await loaded({ total: 2 });
      const items = purchases(2);
      await answers(saleId, items);
      await queue().release(
        saleId,
        items.map(({ orderId }) => orderId),
      );
      await change({ total: 4 });

      const tickets = (await answers(saleId, purchases(5))).map(ticketOf);
      expect(new Set(tickets)).toEqual(new Set([1, 2, 3, 4, undefined]));
    });

    it('are never taken away again', async () => {
      const { saleId, change, kinds } = await loaded({ total: 3 });
      await change({ total: 1 });

      expect(await queue().stock(saleId)).toMatchObject({ remaining: 3 });
      expect(await kinds(purchases(4))).toEqual(['reserved', 'reserved', 'reserved', 'soldOut']);
    });

    it('may be more than one call adds', async () => {
      const { saleId, change } = await loaded({ total: 1 });
      await answers(saleId, purchases(1));
      await change({ total: MANY });

      expect(await queue().stock(saleId)).toMatchObject({ remaining: MANY - 1 });
      const reply = await queue().reserve(saleId, 1, purchases(2));
      expect(answersOf(reply).map(ticketOf)).toEqual([2, 3]);
      expect(await audit(saleId)).toMatchObject({ held: 3, remaining: MANY - 3, doubled: [] });
    });
  });
}
