import type { NewOrder, OrderStore, Rejection } from '../../ports/order-store.ts';
import type { SqlDatabase } from '../sql/connect.ts';
import { withSqlFaults } from '../sql/faults.ts';
import { createFenceReads } from '../sql/fence-reads.ts';
import { createOrderMoneyReads } from '../sql/order-money-reads.ts';
import { createOrderReads } from '../sql/order-reads.ts';
import { createOrderSearch } from '../sql/order-search.ts';
import { createOrderTransitionReads } from '../sql/order-transition-reads.ts';
import { assertStorable, assertStorableFence } from '../sql/storable.ts';
import type { Engine } from './engine.ts';
import type { OrderRun } from './ops/orders/order-statements.ts';
import { rowsOf } from './order-rows.ts';
import { createOrderTransitions } from './order-transitions.ts';

export interface EmbeddedOrderStoreOptions {
  /** Milliseconds since 1970: the time at which a rejected order ended. */
  readonly now?: () => number;
}

/** The order store in the embedded file: the engine writes, the ORM reads over its own connection. */
export function createEmbeddedOrderStore(
  engine: Engine,
  database: SqlDatabase,
  { now = Date.now }: EmbeddedOrderStoreOptions = {},
): OrderStore {
  return {
    ...createOrderReads(database),
    ...createOrderSearch(database),
    ...createFenceReads(database),
    ...createOrderTransitionReads(database),
    ...createOrderMoneyReads(database),
    ...createOrderTransitions(engine),

    store: ({ group, positions, orders, fenced = [], fences = [] }) =>
      withSqlFaults('storing orders', async () => {
        const endedAt = now();
        for (const fence of fences) assertStorableFence(fence);
        const reply = await engine.call('orders.store', {
          group,
          positions: positions.map(({ partition, next }) => [partition, next] as const),
          runs: runsOf(orders),
          fenced: runsOf(fenced),
          fences: fences.map(({ partition, saleId, epoch, offset }) => [partition, saleId, epoch, offset] as const),
          now: endedAt,
        });
        const sent = fenced.length === 0 ? orders : [...orders, ...fenced];
        const rejected = reply.rejected.map(([id, reason]) => rejection(sent, id, reason, endedAt));
        return { stored: reply.stored, repeated: sent.length - reply.stored - rejected.length, rejected };
      }),
  };
}

/** Splits the batch where the sale or the price changes; most batches are one run. */
function runsOf(orders: readonly NewOrder[]): OrderRun[] {
  for (const order of orders) assertStorable(order);
  const runs: OrderRun[] = [];
  let start = 0;
  for (let i = 1; i <= orders.length; i += 1) {
    const first = orders[start];
    if (first === undefined || sameRun(first, orders[i])) continue;
    runs.push(runOf(first, orders.slice(start, i)));
    start = i;
  }
  return runs;
}

function sameRun({ order: a }: NewOrder, other: NewOrder | undefined): boolean {
  const b = other?.order;
  return (
    a.saleId === b?.saleId &&
    a.productId === b.productId &&
    a.price.amount === b.price.amount &&
    a.price.currency === b.price.currency
  );
}

function runOf({ order: { saleId, productId, price } }: NewOrder, orders: readonly NewOrder[]): OrderRun {
  return {
    saleId,
    productId,
    amount: price.amount,
    currency: price.currency,
    count: orders.length,
    tickets: ticketsIn(orders),
    rows: rowsOf(orders),
  };
}

function ticketsIn(orders: readonly NewOrder[]): number {
  let tickets = 0;
  for (const { order } of orders) tickets += order.tickets.length;
  return tickets;
}

function rejection(orders: readonly NewOrder[], id: string, reason: Rejection['reason'], endedAt: number): Rejection {
  const sent = orders.find(({ order }) => order.id === id);
  if (sent === undefined) throw new Error(`the engine rejected order ${id}, which is not in the batch`);
  return { order: { ...sent.order, state: 'rejected', endedAt }, reason };
}
