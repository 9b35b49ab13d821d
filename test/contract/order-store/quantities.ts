import { describe, expect, test } from 'vitest';
import { MAX_QUANTITY } from '../../../src/domain/order.ts';
import type { NewOrder } from '../../../src/ports/order-store.ts';
import { newOrder, nextSaleId } from '../../support/orders.ts';
import { move, type OrderStoreHarness, put, stored, ticketsOwed } from './harness.ts';
import { newCapture, refundDueOf, refundsOf } from './payments.ts';

/** Orders of several tickets. */
export function orderStoreQuantities(harness: () => OrderStoreHarness): void {
  const owedTo = (saleId: string) => ticketsOwed(harness().other, saleId);

  const ticketsHeld = async (saleId: string) => (await harness().other.counts(saleId)).tickets;

  /** Two orders that both want ticket 2. */
  const overlapping = (saleId: string): readonly [NewOrder, NewOrder] => [
    newOrder({ saleId, tickets: [1, 2] }),
    newOrder({ saleId, tickets: [2, 3] }),
  ];

  const lost = ({ order }: NewOrder) => ({ order: { id: order.id, tickets: order.tickets }, reason: 'ticket' });

  describe('an order of several tickets', () => {
    test('is returned exactly as it was stored, beside orders of one', async () => {
      const saleId = nextSaleId();
      const userId = `several-${saleId}`;
      const most = Array.from({ length: MAX_QUANTITY }, (_, n) => 2 ** 31 - MAX_QUANTITY + n);
      const orders = [[1], [2, 4], [3], most].map((tickets) => newOrder({ saleId, tickets, userId }));
      const keyed = newOrder({ saleId, tickets: [5, 7, 9], userId, key: 'k:mine' });
      expect(await put(harness().store, ...orders, keyed)).toEqual(stored(5));
      const all = [...orders, keyed].map(({ order }) => order);
      for (const order of all) expect(await harness().other.order(order.id)).toStrictEqual(order);
      expect(await harness().other.orders({ userId, limit: 10 })).toStrictEqual(all.toReversed());
      expect(await harness().other.search({ saleId, order: 'oldest', limit: 10 })).toStrictEqual(all);
      expect(await ticketsHeld(saleId)).toBe(7 + MAX_QUANTITY);
    });

    test.each([[[]], [[2, 1]], [[1, 1]], [[1, Number.NaN]]])(
      'with tickets %j is refused as corrupt',
      async (tickets) => {
        const one = newOrder({ saleId: nextSaleId(), tickets });
        await expect(put(harness().store, one)).rejects.toMatchObject({ code: 'corrupt', retryable: false });
      },
    );

    test('is rejected whole if another one holds one of them, and its others are free', async () => {
      const saleId = nextSaleId();
      const [first, second] = overlapping(saleId);
      await put(harness().store, first);
      const { rejected, ...counts } = await put(harness().store, second);
      expect(counts).toEqual({ stored: 0, repeated: 0 });
      expect(rejected).toMatchObject([lost(second)]);
      expect(await harness().other.order(second.order.id)).toStrictEqual(rejected[0]?.order);
      expect(await ticketsHeld(saleId)).toBe(2);
      expect(await owedTo(saleId)).toEqual([
        { saleId, orderId: second.order.id, quantity: second.order.tickets.length, heldByOthers: [2] },
      ]);
      expect(await put(harness().store, newOrder({ saleId, tickets: [3, 4] }))).toEqual(stored(1));
    });

    test('of one batch with an overlap: the first is stored, and a later one gets what the loser does not', async () => {
      const saleId = nextSaleId();
      const [first, second] = overlapping(saleId);
      const [third, fourth] = [newOrder({ saleId, tickets: [3] }), newOrder({ saleId, tickets: [1, 2, 3, 4] })];
      const result = await put(harness().store, fourth, second, first, third);
      expect(result).toMatchObject({ stored: 1, repeated: 0, rejected: [lost(second), lost(first), lost(third)] });
      expect(await owedTo(saleId)).toEqual([
        { saleId, orderId: first.order.id, quantity: first.order.tickets.length, heldByOthers: [1, 2] },
        { saleId, orderId: second.order.id, quantity: second.order.tickets.length, heldByOthers: [2, 3] },
        { saleId, orderId: third.order.id, quantity: third.order.tickets.length, heldByOthers: [3] },
      ]);
      const elsewhere = nextSaleId();
      const [winner, loser] = overlapping(elsewhere);
      const last = newOrder({ saleId: elsewhere, tickets: [3, 4] });
      expect(await put(harness().store, winner, loser, last)).toMatchObject({ stored: 2, rejected: [lost(loser)] });
      expect(await owedTo(elsewhere)).toEqual([
        { saleId: elsewhere, orderId: loser.order.id, quantity: loser.order.tickets.length, heldByOthers: [2] },
      ]);
    });

    test('that lost its key has none of its tickets held by others', async () => {
      const saleId = nextSaleId();
      const parts = { saleId, userId: 'ann', key: 'k:1' };
      const [winner, loser] = [newOrder({ ...parts, tickets: [1] }), newOrder({ ...parts, tickets: [2, 3] })];
      expect(await put(harness().store, winner, loser)).toMatchObject({ stored: 1, rejected: [{ reason: 'key' }] });
      expect(await owedTo(saleId)).toEqual([
        { saleId, orderId: loser.order.id, quantity: loser.order.tickets.length, heldByOthers: [] },
      ]);
      expect(await put(harness().store, newOrder({ saleId, tickets: [2, 3] }))).toEqual(stored(1));
    });

    test('keeps what others held when it was rejected, whatever becomes of them', async () => {
      const saleId = nextSaleId();
      const [first, second] = overlapping(saleId);
      await put(harness().store, first, second);
      await move(harness().store, 'cancelled', first);
      await put(harness().store, newOrder({ saleId, tickets: [3] }));
      expect(await put(harness().store, second)).toEqual({ stored: 0, repeated: 1, rejected: [] });
      expect(await owedTo(saleId)).toEqual([
        { saleId, orderId: first.order.id, quantity: first.order.tickets.length, heldByOthers: [] },
        { saleId, orderId: second.order.id, quantity: second.order.tickets.length, heldByOthers: [2] },
      ]);
    });

    test.each(['cancelled', 'expired'] as const)('frees all of them when it was %s, and none when paid', async (to) => {
      const saleId = nextSaleId();
      const [ended, paid] = [newOrder({ saleId, tickets: [1, 2, 3] }), newOrder({ saleId, tickets: [4, 5] })];
      await put(harness().store, ended, paid);
      await move(harness().store, to, ended);
      await move(harness().store, 'paid', paid);
      expect(await ticketsHeld(saleId)).toBe(2);
      const [one, other, late] = [[1, 3], [2], [3, 4]].map((tickets) => newOrder({ saleId, tickets })) as [
        NewOrder,
        NewOrder,
        NewOrder,
      ];
      expect(await put(harness().store, one, other)).toEqual(stored(2));
      expect(await put(harness().store, late)).toMatchObject({ stored: 0, rejected: [lost(late)] });
      expect(await ticketsHeld(saleId)).toBe(5);
      expect((await owedTo(saleId)).at(-1)).toEqual({
        saleId,
        orderId: late.order.id,
        quantity: late.order.tickets.length,
        heldByOthers: [3, 4],
      });
    });

    test('that is redelivered after it has ended takes nothing from those who hold its tickets now', async () => {
      const saleId = nextSaleId();
      const ended = newOrder({ saleId, tickets: [1, 2] });
      await put(harness().store, ended);
      await move(harness().store, 'cancelled', ended);
      const next = [newOrder({ saleId, tickets: [2] }), newOrder({ saleId, tickets: [1, 3] })];
      const fresh = newOrder({ saleId, tickets: [4, 5] });
      await put(harness().store, ...next);
      expect(await put(harness().store, ended, ...next, fresh)).toEqual({ stored: 1, repeated: 3, rejected: [] });
      expect(await ticketsHeld(saleId)).toBe(5);
      expect((await owedTo(saleId)).map(({ orderId }) => orderId)).toEqual([ended.order.id]);
      // Its tickets can be sold again once more.
      await move(harness().store, 'expired', ...next);
      expect(await put(harness().store, newOrder({ saleId, tickets: [1, 2, 3] }))).toEqual(stored(1));
    });

    test('that a fence rejected is accepted under the new epoch, with all of its tickets', async () => {
      const saleId = nextSaleId();
      const [one, other] = [newOrder({ saleId, tickets: [1, 2] }), newOrder({ saleId, tickets: [3, 4] })];
      const behind = { group: 'g', positions: [], orders: [], fenced: [one, other] };
      expect(await harness().store.store(behind)).toMatchObject({ rejected: [{ reason: 'fence' }, {}] });
      expect(await ticketsHeld(saleId)).toBe(0);
      expect(await put(harness().other, newOrder({ saleId, tickets: [4, 5] }), one, other)).toMatchObject({
        stored: 2,
        repeated: 0,
        rejected: [lost(other)],
      });
      expect(await harness().store.order(one.order.id)).toStrictEqual(one.order);
      expect(await ticketsHeld(saleId)).toBe(4);
      expect(await owedTo(saleId)).toEqual([
        { saleId, orderId: other.order.id, quantity: other.order.tickets.length, heldByOthers: [4] },
      ]);
      for (const ticket of [1, 2, 3]) {
        expect(await harness().store.search({ saleId, ticket, order: 'newest', limit: 9 })).toHaveLength(1);
      }
      await move(harness().store, 'expired', one);
      expect(await put(harness().store, newOrder({ saleId, tickets: [1, 2, 3] }))).toEqual(stored(1));
    });

    test('costs what its tickets cost together', async () => {
      const { store, other } = harness();
      const saleId = nextSaleId();
      const price = { amount: 12_999, currency: 'USD' };
      const [paid, late] = [
        [1, 2, 3],
        [4, 5],
      ].map((tickets) => newOrder({ saleId, tickets, price })) as [NewOrder, NewOrder];
      await put(store, paid, late);
      const right = newCapture(paid, { amount: { amount: 3 * 12_999, currency: 'USD' } });
      expect(await other.capture({ ...right, amount: price })).toStrictEqual({ kind: 'mismatch', order: paid.order });
      expect(await refundsOf(store, paid)).toMatchObject([{ amount: price }]);
      expect(await other.capture(right)).toMatchObject({ kind: 'paid', order: { state: 'paid', tickets: [1, 2, 3] } });
      await move(store, 'expired', late);
      const amount = { amount: 2 * 12_999, currency: 'USD' };
      const capture = newCapture(late, { amount });
      expect(await store.capture(capture)).toMatchObject({ kind: 'rebookingDue' });
      await other.notRebooked(capture.paymentId);
      expect(await refundsOf(other, paid, late)).toStrictEqual([refundDueOf(capture)]);
      expect(await other.money(saleId)).toStrictEqual({
        revenue: 3 * 12_999,
        captured: 5 * 12_999,
        givenBack: 2 * 12_999,
        refunded: 1,
        mismatched: 1,
      });
    });

    test('is found by each of its tickets, live or not', async () => {
      const [saleId, elsewhere] = [nextSaleId(), nextSaleId()];
      const userId = `found-${saleId}`;
      const live = newOrder({ saleId, tickets: [1, 7, 70], userId });
      const ended = newOrder({ saleId, tickets: [2, 8], userId });
      const again = newOrder({ saleId, tickets: [8, 9], userId });
      const other = newOrder({ saleId: elsewhere, tickets: [6, 7], userId });
      await put(harness().store, live, ended, other);
      await move(harness().store, 'cancelled', ended);
      await put(harness().store, again);
      const found = async (search: { readonly saleId?: string; readonly userId?: string; readonly ticket: number }) =>
        (await harness().other.search({ order: 'oldest', limit: 10, ...search })).map(({ id }) => id);
      const ids = (...orders: readonly NewOrder[]) => orders.map(({ order }) => order.id);
      expect(await found({ saleId, ticket: 7 })).toEqual(ids(live));
      expect(await found({ saleId, ticket: 70 })).toEqual(ids(live));
      expect(await found({ saleId, ticket: 8 })).toEqual(ids(ended, again));
      expect(await found({ saleId, userId, ticket: 8 })).toEqual(ids(ended, again));
      expect(await found({ saleId, ticket: 0 })).toEqual([]);
      expect(await found({ userId, ticket: 7 })).toEqual(ids(live, other));
      expect(await found({ userId, ticket: 1 })).toEqual(ids(live));
      const after = live.order.id;
      const behind = await harness().other.search({ ticket: 7, order: 'oldest', limit: 10, after });
      expect(behind.map(({ id }) => id)).toEqual(ids(other));
    });

    test('is booked once, by its lowest ticket', async () => {
      const saleId = nextSaleId();
      const [live, ended, rejected] = [
        [1, 5],
        [2, 3],
        [4, 5],
      ].map((tickets) => newOrder({ saleId, tickets })) as [NewOrder, NewOrder, NewOrder];
      await put(harness().store, live, ended);
      await put(harness().store, rejected);
      await move(harness().store, 'expired', ended);
      const booked = async (first: number, last: number) =>
        (await harness().other.booked(saleId, first, last)).map(({ orderId, tickets, live }) => ({
          ...{ orderId, tickets, live },
        }));
      const known = ({ order: { id: orderId, tickets } }: NewOrder, live: boolean) => ({ orderId, tickets, live });
      expect(await booked(1, 1)).toEqual([known(live, true)]);
      expect(await booked(2, 3)).toEqual([known(ended, false)]);
      expect(await booked(3, 3)).toEqual([]);
      expect(await booked(4, 100)).toEqual([known(rejected, false)]);
    });
  });
}
