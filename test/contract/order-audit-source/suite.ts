import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqlDatabase } from '../../../src/adapters/sql/connect.ts';
import { createSqlOrderAuditSource } from '../../../src/adapters/sql/order-audit-source.ts';
import type { NewOrder, OrderStore } from '../../../src/ports/order-store.ts';
import { newOrder, nextOrderId, nextSaleId } from '../../support/orders.ts';
import { move, put } from '../order-store/harness.ts';

export interface OrderAuditSourceHarness {
  readonly store: OrderStore;
  readonly database: SqlDatabase;
  readonly close: () => Promise<void>;
}

/** The contract of every order store's audit source. */
export function orderAuditSourceContract(name: string, open: () => Promise<OrderAuditSourceHarness>): void {
  describe(`the audit source of ${name}`, () => {
    let harness: OrderAuditSourceHarness;

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    const auditSource = () => createSqlOrderAuditSource(harness.database);

    it('returns the live orders of a range of tickets of one sale', async () => {
      const saleId = nextSaleId();
      const orders = [5, 1, 3, 4, 2].map((ticket) =>
        newOrder({ saleId, tickets: [ticket], userId: `Zoë ☃ ${ticket} ` }),
      );
      await put(harness.store, ...orders, newOrder({ saleId: nextSaleId(), tickets: [2] }));
      await move(harness.store, 'cancelled', orders[2] as (typeof orders)[0]);
      await move(harness.store, 'paid', orders[3] as (typeof orders)[0]);
      const live = (after: number, upTo: number) => auditSource().liveOrders(saleId, after, upTo);
      const of = (n: number) => {
        const { id, tickets, userId } = (orders[n] as (typeof orders)[0]).order;
        return { ticket: tickets[0], orderId: id, userId };
      };
      expect(await live(0, 10)).toEqual([of(1), of(4), of(3), of(0)]);
      expect(await live(1, 4)).toEqual([of(4), of(3)]);
      expect(await live(4, Number.MAX_SAFE_INTEGER)).toEqual([of(0)]);
      expect(await live(Number.MIN_SAFE_INTEGER, 0)).toEqual([]);
    });

    it('returns each ticket of an order of several', async () => {
      const saleId = nextSaleId();
      const [wide, narrow, ended] = [[1, 4, 6], [3], [2, 5]].map((tickets) => newOrder({ saleId, tickets })) as [
        NewOrder,
        NewOrder,
        NewOrder,
      ];
      await put(harness.store, wide, narrow, ended);
      await move(harness.store, 'expired', ended);
      await put(harness.store, newOrder({ saleId, tickets: [3, 7] }));
      const held = ({ order: { id, userId } }: NewOrder, ticket: number) => ({ ticket, orderId: id, userId });
      expect(await auditSource().liveOrders(saleId, 0, 10)).toEqual([
        held(wide, 1),
        held(narrow, 3),
        held(wide, 4),
        held(wide, 6),
      ]);
      expect(await auditSource().liveOrders(saleId, 1, 4)).toEqual([held(narrow, 3), held(wide, 4)]);
    });

    it('returns which orders are stored, whatever their state', async () => {
      const saleId = nextSaleId();
      const [live, ended] = [newOrder({ saleId, tickets: [1] }), newOrder({ saleId, tickets: [2] })];
      const rejected = newOrder({ saleId, tickets: [1] });
      await put(harness.store, live, ended, rejected);
      await move(harness.store, 'expired', ended);
      const ids = [live, ended, rejected].map(({ order }) => order.id);
      const unknown = Array.from({ length: 997 }, () => nextOrderId());
      expect((await auditSource().stored([...ids, ...unknown])).toSorted()).toEqual(ids.toSorted());
      expect(await auditSource().stored(unknown)).toEqual([]);
    });
  });
}
