import type { NewOrder, OrderStore, Rejection, StoreBatch, StoreResult } from '../../ports/order-store.ts';
import { hasConflicts } from '../sql/conflicts.ts';
import type { SqlDatabase } from '../sql/connect.ts';
import { withSqlFaults } from '../sql/faults.ts';
import { createFenceReads } from '../sql/fence-reads.ts';
import { createOrderReads } from '../sql/order-reads.ts';
import { createOrderSearch } from '../sql/order-search.ts';
import { createOrderTransitionReads } from '../sql/order-transition-reads.ts';
import { assertStorable, assertStorableFence } from '../sql/storable.ts';
import { quoted } from './literals.ts';
import { createOrderTransitions } from './order-transitions.ts';
import { inTransaction, type Session } from './session.ts';
import {
  deleteFenced,
  insertFences,
  insertOrders,
  insertRejected,
  selectStored,
  selectTicketHolder,
  upsertPositions,
} from './statements.ts';
import { insertTicketReturns } from './transition-statements.ts';

/** Rows of one statement: some 250 bytes each, so that even with long keys it is far below the packet limit of servers. */
const ROWS_PER_INSERT = 2_000;

export interface MysqlOrderStoreOptions {
  /** Milliseconds since 1970: the time at which a rejected order ended. */
  readonly now?: () => number;
}

/** The order store on MySQL 8 or MariaDB. */
export function createMysqlOrderStore(
  database: SqlDatabase,
  { now = Date.now }: MysqlOrderStoreOptions = {},
): OrderStore {
  const storeRows = (rows: readonly NewOrder[], rowsPerInsert: number, batch: StoreBatch): Promise<StoreResult> =>
    inTransaction(database, async (session) => {
      const { group, positions, fenced: refused = [], fences = [] } = batch;
      const rejected: Rejection[] = [];
      let stored = 0;
      for (let i = 0; i < rows.length; i += rowsPerInsert) {
        const some = rows.slice(i, i + rowsPerInsert);
        const inserted = await insertAccepted(session, some);
        if (inserted < some.length) rejected.push(...(await rejectConflicting(session, some, now())));
        stored += inserted;
      }
      // After the others: a fenced order that is accepted in the same batch is stored by now.
      rejected.push(...(await insertFenced(session, refused, now())));
      if (fences.length > 0) await session.write(insertFences(group, fences));
      if (positions.length > 0) await session.write(upsertPositions(group, positions));
      return { stored, repeated: rows.length + refused.length - stored - rejected.length, rejected };
    });

  return {
    ...createOrderReads(database),
    ...createOrderSearch(database),
    ...createFenceReads(database),
    ...createOrderTransitionReads(database),
    ...createOrderTransitions(database),

    store: (batch) =>
      withSqlFaults('storing orders', async () => {
        for (const order of [...batch.orders, ...(batch.fenced ?? [])]) assertStorable(order);
        for (const fence of batch.fences ?? []) assertStorableFence(fence);
        if (hasConflicts(batch.orders)) return storeRows(batch.orders, 1, batch);
        // Workers that lock rows in the same order do not deadlock.
        return storeRows(batch.orders.toSorted(byId), ROWS_PER_INSERT, batch);
      }),
  };
}

/** Returns how many were inserted. A row of the same order that a fence rejected before is replaced. */
async function insertAccepted(session: Session, orders: readonly NewOrder[]): Promise<number> {
  const inserted = await session.write(insertOrders(orders));
  if (inserted === orders.length || (await session.write(deleteFenced(orders))) === 0) return inserted;
  return inserted + (await session.write(insertOrders(orders)));
}

async function insertFenced(session: Session, fenced: readonly NewOrder[], endedAt: number): Promise<Rejection[]> {
  const rejected: Rejection[] = [];
  for (const { order } of fenced) {
    const rejection: Rejection = { order: { ...order, state: 'rejected', endedAt }, reason: 'fence' };
    if ((await session.write(insertRejected(rejection))) > 0) rejected.push(rejection);
  }
  return rejected;
}

/**
 * To be called if fewer rows were inserted than sent. Those whose id exists were stored before; the others conflict with
 * another order, whose row our insert has locked until our commit. They are stored as rejected, and the queue has to end
 * their reservations.
 */
async function rejectConflicting(session: Session, orders: readonly NewOrder[], endedAt: number): Promise<Rejection[]> {
  const stored = new Set((await session.rows<{ readonly id: string }>(selectStored(orders))).map(({ id }) => id));
  const rejected: Rejection[] = [];
  for (const lost of orders) {
    if (stored.has(lost.order.id)) continue;
    const reason = (await session.rows(selectTicketHolder(lost))).length > 0 ? 'ticket' : 'key';
    const rejection: Rejection = { order: { ...lost.order, state: 'rejected', endedAt }, reason };
    // Another worker may have rejected it meanwhile; then it counts as repeated.
    if ((await session.write(insertRejected(rejection))) === 0) continue;
    rejected.push(rejection);
    await session.write(insertTicketReturns(quoted(lost.order.id)));
  }
  return rejected;
}

function byId(a: NewOrder, b: NewOrder): number {
  return a.order.id < b.order.id ? -1 : 1;
}
