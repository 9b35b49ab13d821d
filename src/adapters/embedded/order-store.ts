import type { NewOrder, OrderStore, Rejection } from '../../ports/order-store.ts';
import { hasRivals } from '../sql/conflicts.ts';
import type { SqlDatabase } from '../sql/connect.ts';
import { guarded } from '../sql/faults.ts';
import { createFenceReads } from '../sql/fence-reads.ts';
import { createOrderReads } from '../sql/order-reads.ts';
import { createOrderLifeReads } from '../sql/order-transition-reads.ts';
import { assertStorable } from '../sql/storable.ts';
import type { Engine } from './engine.ts';
import type { OrderRun } from './ops/orders/store.ts';
import { rowsOf } from './order-rows.ts';
import { createOrderLife } from './order-transitions.ts';

export interface EmbeddedOrderStoreOptions {
  /** Milliseconds since 1970, for the end of rejected orders. */
  readonly now?: () => number;
}

/** The order store in the embedded file: the engine writes, the ORM reads through a connection of its own. */
export function createEmbeddedOrderStore(
  engine: Engine,
  database: SqlDatabase,
  { now = Date.now }: EmbeddedOrderStoreOptions = {},
): OrderStore {
  return {
    ...createOrderReads(database),
    ...createFenceReads(database),
    ...createOrderLifeReads(database),
    ...createOrderLife(engine),

    store: ({ group, positions, orders, fenced: refused = [], fences = [] }) =>
      guarded('storing orders', async () => {
        const endedAt = now();
        const reply = await engine.call('orders.store', {
          group,
          positions: positions.map(({ partition, next }) => [partition, next] as const),
          runs: runsOf(orders),
          refused: runsOf(refused),
          fences: fences.map(({ partition, saleId, epoch, offset }) => [partition, saleId, epoch, offset] as const),
          now: endedAt,
        });
        const sent = refused.length === 0 ? orders : [...orders, ...refused];
        const rejected = reply.rejected.map(([id, reason]) => rejection(sent, id, reason, endedAt));
        return { stored: reply.stored, repeated: sent.length - reply.stored - rejected.length, rejected };
      }),
  };
}

/** Cuts the batch where the sale or the price changes; mostly it is one run. With rivals in it, each order is one. */
function runsOf(orders: readonly NewOrder[]): OrderRun[] {
  for (const order of orders) assertStorable(order);
  const apart = hasRivals(orders);
  const runs: OrderRun[] = [];
  let start = 0;
  for (let i = 1; i <= orders.length; i += 1) {
    const first = orders[start];
    if (first === undefined || (!apart && sameRun(first, orders[i]))) continue;
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
    rows: rowsOf(orders),
  };
}

function rejection(orders: readonly NewOrder[], id: string, reason: Rejection['reason'], endedAt: number): Rejection {
  const loser = orders.find(({ order }) => order.id === id);
  if (loser === undefined) throw new Error(`the engine rejected order ${id}, which was not in the batch`);
  return { order: { ...loser.order, state: 'rejected', endedAt }, reason };
}
