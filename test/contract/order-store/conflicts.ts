import { describe, expect, test } from 'vitest';
import type { NewOrder } from '../../../src/ports/order-store.ts';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { move, type OrderStoreHarness, owedOf, put, stored } from './harness.ts';

/** Orders that cannot both be accepted. */
export function orderStoreConflicts(harness: () => OrderStoreHarness): void {
  describe('conflicting orders', () => {
    test('for one ticket: the later one is stored as rejected', async () => {
      const saleId = nextSaleId();
      const [earlier, later] = [newOrder({ saleId, tickets: [7] }), newOrder({ saleId, tickets: [7] })];
      await put(harness().store, earlier);
      const { rejected, ...counts } = await put(harness().store, later);
      expect(counts).toEqual({ stored: 0, repeated: 0 });
      const endedAt = expect.any(Number);
      expect(rejected).toStrictEqual([{ order: { ...later.order, state: 'rejected', endedAt }, reason: 'ticket' }]);
      expect(await harness().store.order(later.order.id)).toStrictEqual(rejected[0]?.order);
      expect(await harness().store.order(earlier.order.id)).toStrictEqual(earlier.order);
    });

    test('with one key: the later one is rejected', async () => {
      const saleId = nextSaleId();
      const earlier = newOrder({ saleId, tickets: [1], userId: 'ann', key: 'k:1' });
      const later = newOrder({ saleId, tickets: [2], userId: 'ann', key: 'k:1' });
      await put(harness().store, earlier);
      const { rejected } = await put(harness().store, later);
      expect(rejected.map(({ order, reason }) => [order.id, reason])).toEqual([[later.order.id, 'key']]);
    });

    test('a rejected one is owed to the queue once, with the tickets that others hold', async () => {
      const saleId = nextSaleId();
      const earlier = newOrder({ saleId, tickets: [1], userId: 'ann', key: 'k:1' });
      const byKey = newOrder({ saleId, tickets: [2], userId: 'ann', key: 'k:1' });
      const byTicket = newOrder({ saleId, tickets: [1] });
      const byBoth = newOrder({ saleId, tickets: [1], userId: 'ann', key: 'k:1' });
      await put(harness().store, earlier, byKey, byTicket, byBoth);
      await put(harness().store, earlier, byKey, byTicket, byBoth);
      const owed = (await harness().other.owedTickets(100_000)).filter((one) => one.saleId === saleId);
      expect(owed).toEqual([
        { saleId, orderId: byKey.order.id, quantity: 1, heldByOthers: [] },
        { saleId, orderId: byTicket.order.id, quantity: 1, heldByOthers: [1] },
        { saleId, orderId: byBoth.order.id, quantity: 1, heldByOthers: [1] },
      ]);
      await harness().store.returned([byTicket.order.id, byKey.order.id]);
      expect(await owedOf(harness().other, saleId)).toEqual([byBoth.order.id]);
    });

    test('in a batch: the first one is stored, even with the greater id', async () => {
      const saleId = nextSaleId();
      const [older, younger] = [newOrder({ saleId, tickets: [1] }), newOrder({ saleId, tickets: [1] })];
      const result = await put(harness().store, younger, older);
      expect(result).toMatchObject({ stored: 1, repeated: 0, rejected: [{ order: { id: older.order.id } }] });
      expect((await harness().store.order(younger.order.id))?.state).toBe('reserved');
    });

    test('one that was rejected for its ticket does not hold its key', async () => {
      const saleId = nextSaleId();
      const a = newOrder({ saleId, tickets: [1] });
      const b = newOrder({ saleId, tickets: [1], userId: 'ann', key: 'k:1' });
      const c = newOrder({ saleId, tickets: [2], userId: 'ann', key: 'k:1' });
      expect(await put(harness().store, a, b, c)).toMatchObject({
        stored: 2,
        rejected: [{ order: { id: b.order.id }, reason: 'ticket' }],
      });
      expect((await harness().store.order(c.order.id))?.state).toBe('reserved');
    });

    test('a ticket is free again when its order has ended, and not when it was paid', async () => {
      const saleId = nextSaleId();
      const [first, second, third] = [1, 2, 3].map(() => newOrder({ saleId, tickets: [1] })) as [
        NewOrder,
        NewOrder,
        NewOrder,
      ];
      await put(harness().store, first);
      await move(harness().store, 'expired', first);
      expect(await put(harness().store, second)).toEqual(stored(1));
      await move(harness().store, 'paid', second);
      expect(await put(harness().store, third)).toMatchObject({ stored: 0, rejected: [{ reason: 'ticket' }] });
    });

    test('a key stays in use when its order has ended', async () => {
      const saleId = nextSaleId();
      const first = newOrder({ saleId, tickets: [1], userId: 'ann', key: 'k:1' });
      await put(harness().store, first);
      await move(harness().store, 'cancelled', first);
      const again = newOrder({ saleId, tickets: [1], userId: 'ann', key: 'k:1' });
      expect(await put(harness().store, again)).toMatchObject({ stored: 0, rejected: [{ reason: 'key' }] });
    });

    test('keys and buyers compare byte by byte, and belong to their sale', async () => {
      const saleId = nextSaleId();
      const keys = ['k:a', 'k:A', 'k:a ', 'k:á', 'k:a\u0301'].map((key, i) =>
        newOrder({ saleId, tickets: [i + 1], userId: 'ann', key }),
      );
      const users = ['ann ', 'Ann', 'änn'].map((userId, i) =>
        newOrder({ saleId, tickets: [i + 11], userId, key: 'k:a' }),
      );
      const elsewhere = newOrder({ saleId: nextSaleId(), tickets: [1], userId: 'ann', key: 'k:a' });
      expect(await put(harness().store, ...keys, ...users, elsewhere)).toEqual(stored(9));
    });
  });
}
