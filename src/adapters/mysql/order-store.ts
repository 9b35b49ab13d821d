import type { NewOrder, OrderStore, Rejection, StoreBatch, StoreResult } from '../../ports/order-store.ts';
import { hasRivals } from '../sql/conflicts.ts';
import type { SqlDatabase } from '../sql/connect.ts';
import { guarded } from '../sql/faults.ts';
import { createFenceReads } from '../sql/fence-reads.ts';
import { createOrderReads } from '../sql/order-reads.ts';
import { createOrderLifeReads } from '../sql/order-transition-reads.ts';
import { assertStorable } from '../sql/storable.ts';
import { quoted } from './literals.ts';
import { createOrderLife } from './order-transitions.ts';
import { inTransaction, type Session } from './session.ts';
import {
  deleteRefused,
  insertFences,
  insertOrders,
  insertRejected,
  selectStored,
  selectTicketHolder,
  upsertPositions,
} from './statements.ts';
import { oweTickets } from './transition-statements.ts';

/** Rows in one statement: some 250 bytes each, so that even long keys stay far below any server's packet limit. */
const ROWS_PER_INSERT = 2_000;

export interface MysqlOrderStoreOptions {
  /** Milliseconds since 1970, for the end of rejected orders. */
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
        if (inserted < some.length) rejected.push(...(await rejectLosers(session, some, now())));
        stored += inserted;
      }
      // Behind the others: a refused order that was accepted elsewhere is there by now.
      rejected.push(...(await insertRefused(session, refused, now())));
      if (fences.length > 0) await session.write(insertFences(group, fences));
      if (positions.length > 0) await session.write(upsertPositions(group, positions));
      return { stored, repeated: rows.length + refused.length - stored - rejected.length, rejected };
    });

  return {
    ...createOrderReads(database),
    ...createFenceReads(database),
    ...createOrderLifeReads(database),
    ...createOrderLife(database),

    store: (batch) =>
      guarded('storing orders', async () => {
        for (const order of [...batch.orders, ...(batch.fenced ?? [])]) assertStorable(order);
        if (hasRivals(batch.orders)) return storeRows(batch.orders, 1, batch);
        // Workers that lock rows in the same order don't deadlock.
        return storeRows(batch.orders.toSorted(byId), ROWS_PER_INSERT, batch);
      }),
  };
}

/** Returns how many went in. A row in the way that was refused before makes room for the order that is accepted now. */
async function insertAccepted(session: Session, orders: readonly NewOrder[]): Promise<number> {
  const inserted = await session.write(insertOrders(orders));
  if (inserted === orders.length || (await session.write(deleteRefused(orders))) === 0) return inserted;
  return inserted + (await session.write(insertOrders(orders)));
}

async function insertRefused(session: Session, refused: readonly NewOrder[], endedAt: number): Promise<Rejection[]> {
  const rejected: Rejection[] = [];
  for (const { order } of refused) {
    const refusal: Rejection = { order: { ...order, state: 'rejected', endedAt }, reason: 'fence' };
    if ((await session.write(insertRejected(refusal))) > 0) rejected.push(refusal);
  }
  return rejected;
}

/**
 * Fewer rows went in than were sent. Those whose id is there were stored before; the others lost to a rival, which stays
 * locked until our commit since our insert ran into it. Either way the queue has to
 * hear of it.
 */
async function rejectLosers(session: Session, orders: readonly NewOrder[], endedAt: number): Promise<Rejection[]> {
  const there = new Set((await session.rows<{ readonly id: string }>(selectStored(orders))).map(({ id }) => id));
  const rejected: Rejection[] = [];
  for (const loser of orders) {
    if (there.has(loser.order.id)) continue;
    const reason = (await session.rows(selectTicketHolder(loser))).length > 0 ? 'ticket' : 'key';
    const rejection: Rejection = { order: { ...loser.order, state: 'rejected', endedAt }, reason };
    // Another worker may have rejected it meanwhile; then it is repeated.
    if ((await session.write(insertRejected(rejection))) === 0) continue;
    rejected.push(rejection);
    await session.write(oweTickets(quoted(loser.order.id)));
  }
  return rejected;
}

function byId(a: NewOrder, b: NewOrder): number {
  return a.order.id < b.order.id ? -1 : 1;
}
