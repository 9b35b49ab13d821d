import {
  buyersKey,
  type Candidate,
  decideOrders,
  isStored,
  type StoredRows,
  ticketKey,
} from '../../../sql/decide-orders.ts';
import { ticketsOf } from '../../../sql/stored-tickets.ts';
import type { Db } from '../../database.ts';
import { type OrderRowValues, severalOf } from '../../order-rows.ts';
import { insertOrders, insertRejected, knownIn, type OrderRun, rowsIn, type StoredRun } from './order-statements.ts';

/** The last parameter is a JSON array of tickets. */
const HELD = `
SELECT ticket FROM order_tickets
WHERE sale_id = ? AND ended = '' AND ticket IN (SELECT value FROM json_each(?))`;

/** The last parameter is a JSON array of pairs of user id and key. */
const KEYS = `
SELECT user_id, idem_key FROM orders
WHERE (user_id, sale_id, idem_key) IN (SELECT value ->> 0, ?, value ->> 1 FROM json_each(?))`;

const DELETE_FENCED = `DELETE FROM orders WHERE id = ? AND reason = 'fence'`;

const DELETE_TICKET = 'DELETE FROM order_tickets WHERE sale_id = ? AND ticket = ? AND ended = ?';

const INSERT_OWED = 'INSERT INTO ticket_returns (order_id, sale_id, held_by_others) VALUES (?, ?, ?)';

interface Fresh extends Candidate {
  readonly row: OrderRowValues;
}

/** Stores orders of which some are stored already, or conflict with others. */
export function storeConflicting(db: Db, run: OrderRun, now: number): StoredRun {
  const { saleId, rows } = run;
  const reasons = new Map(knownIn(db, rows).map(({ id, reason }) => [id, reason]));
  const batch = rowsIn(db, rows)
    .filter(({ id }) => !isStored(id, reasons))
    .map((row) => candidateOf(saleId, row));
  const { accepted, rejected, replaced } = decideOrders(batch, { reasons, ...conflictsOf(db, saleId, batch) });
  for (const { id, tickets } of replaced) {
    db.run(DELETE_FENCED, id);
    for (const ticket of tickets) db.run(DELETE_TICKET, saleId, ticket, id);
  }
  if (!insertAccepted(db, run, accepted)) throw new Error('orders without a conflict were not all inserted');
  for (const { order, reason, heldByOthers } of rejected) {
    insertRejected(db, run, order.row, reason, now);
    db.run(INSERT_OWED, order.id, saleId, heldByOthers.length === 0 ? null : heldByOthers.join());
  }
  return { stored: accepted.length, rejected: rejected.map(({ order, reason }) => [order.id, reason]) };
}

function candidateOf(saleId: string, row: OrderRowValues): Fresh {
  const { id, user_id, idem_key, ticket, more_tickets } = row;
  return { id, saleId, userId: user_id, key: idem_key, tickets: ticketsOf(ticket, more_tickets), row };
}

function conflictsOf(db: Db, saleId: string, batch: readonly Candidate[]): Pick<StoredRows, 'held' | 'keys'> {
  const tickets = JSON.stringify(batch.flatMap((order) => order.tickets));
  const held = db.all<{ readonly ticket: number }>(HELD, saleId, tickets);
  const wanted = JSON.stringify(batch.flatMap(({ userId, key }) => (key === null ? [] : [[userId, key]])));
  const used = db.all<{ readonly user_id: string; readonly idem_key: string }>(KEYS, saleId, wanted);
  return {
    held: new Set(held.map(({ ticket }) => ticketKey(saleId, ticket))),
    keys: new Set(used.map(({ user_id, idem_key }) => buyersKey({ saleId, userId: user_id }, idem_key))),
  };
}

function insertAccepted(db: Db, run: OrderRun, accepted: readonly Fresh[]): boolean {
  const tickets = accepted.reduce((sum, order) => sum + order.tickets.length, 0);
  const rows = severalOf(accepted.map(({ row }) => row));
  return insertOrders(db, { ...run, count: accepted.length, tickets, rows });
}
