import type { Candidate } from '../sql/decide-orders.ts';
import { quoted } from './literals.ts';

/**
 * SQL of batches with orders that are stored already or conflict with others. FORCE INDEX as in transition-statements.ts.
 */

/** In the order of their ids, as every transaction locks them. */
export function lockStored(orders: readonly Candidate[]): string {
  return (
    `SELECT id, reason FROM orders FORCE INDEX (PRIMARY) WHERE id IN (${orders.map(({ id }) => quoted(id)).join()}) ` +
    'ORDER BY id FOR UPDATE'
  );
}

/**
 * The tickets that live orders hold. Without locks: a range would lock rows beside it, which other workers insert. An order
 * that ends meanwhile ends after ours was rejected; one that is stored meanwhile makes our insert fail.
 */
export function selectHeld(saleId: string, orders: readonly Candidate[]): string {
  return (
    'SELECT ticket FROM order_tickets FORCE INDEX (PRIMARY) ' +
    `WHERE sale_id = ${quoted(saleId)} AND ticket IN (${orders.flatMap(({ tickets }) => tickets).join()}) AND ended = ''`
  );
}

/**
 * The keys that buyers have used. An order never loses its key, so there is no need of a lock. Undefined if no order has one
 * that could conflict.
 */
export function selectKeys(saleId: string, orders: readonly Candidate[]): string | undefined {
  const wanted = orders.flatMap(({ userId, key }) =>
    key === null ? [] : [`(user_id = ${quoted(userId)} AND idem_key = ${quoted(key)})`],
  );
  if (wanted.length === 0) return undefined;
  return (
    'SELECT user_id, idem_key FROM orders FORCE INDEX (orders_key) ' +
    `WHERE sale_id = ${quoted(saleId)} AND (${wanted.join(' OR ')})`
  );
}

/** Removes orders that a fence rejected before. */
export function deleteFenced(orders: readonly Candidate[]): string {
  const ids = orders.map(({ id }) => quoted(id)).join();
  return `DELETE o FROM orders AS o FORCE INDEX (PRIMARY) WHERE o.id IN (${ids}) AND o.reason = 'fence'`;
}

/** Their tickets; of one sale. */
export function deleteEndedTickets(saleId: string, orders: readonly Candidate[]): string {
  return (
    'DELETE t FROM order_tickets AS t FORCE INDEX (PRIMARY) ' +
    `WHERE t.sale_id = ${quoted(saleId)} AND t.ticket IN (${orders.flatMap(({ tickets }) => tickets).join()}) ` +
    `AND t.ended IN (${orders.map(({ id }) => quoted(id)).join()})`
  );
}

/** Records that the queue has to end the reservations of these orders. */
export function insertOwed(
  orders: readonly { readonly order: Candidate; readonly heldByOthers: readonly number[] }[],
): string {
  const rows = orders.map(
    ({ order: { id, saleId }, heldByOthers }) =>
      `(${quoted(id)},${quoted(saleId)},${heldByOthers.length === 0 ? 'NULL' : `'${heldByOthers}'`})`,
  );
  return `INSERT INTO ticket_returns (order_id, sale_id, held_by_others) VALUES ${rows.join()}`;
}
