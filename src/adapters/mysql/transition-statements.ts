import { ORDER_ID_LENGTH } from '../../domain/ids.ts';
import type { EndState } from '../../ports/order-store.ts';
import { ORDER_COLUMNS } from '../sql/raw-order.ts';
import { quoted } from './literals.ts';

/**
 * SQL of the transitions of stored orders. FORCE INDEX: the server may prefer a scan of a small table, and a scan waits for
 * locks on rows that the statement does not concern.
 */

/** A list for IN. Other strings are left out: MySQL would take an id with trailing spaces for the id without them. */
export function idList(orderIds: readonly string[]): string | undefined {
  const ids = new Set(orderIds.filter((id) => id.length === ORDER_ID_LENGTH));
  return ids.size === 0 ? undefined : [...ids].map(quoted).join(',');
}

/**
 * Those of these orders that may move, in the order of their ids, as every transaction locks them. One whose payment began
 * meanwhile does not expire.
 */
export function lockMovable(to: EndState, ids: string, at: number): string {
  const held = to === 'expired' ? `AND (held_until IS NULL OR held_until <= ${at}) ` : '';
  return (
    `SELECT ${ORDER_COLUMNS} FROM orders FORCE INDEX (PRIMARY) WHERE id IN (${ids}) AND state = 'reserved' ` +
    `${held}ORDER BY id FOR UPDATE`
  );
}

export function lockOrders(ids: string): string {
  return `SELECT ${ORDER_COLUMNS} FROM orders FORCE INDEX (PRIMARY) WHERE id IN (${ids}) ORDER BY id FOR UPDATE`;
}

/** An order that was held before is not held for longer. */
export function hold(ids: string, until: number): string {
  return (
    `UPDATE orders FORCE INDEX (PRIMARY) SET held_until = ${until} ` +
    `WHERE id IN (${ids}) AND state = 'reserved' AND held_until IS NULL`
  );
}

export function endHold(ids: string): string {
  return `UPDATE orders FORCE INDEX (PRIMARY) SET held_until = NULL WHERE id IN (${ids}) AND state = 'reserved'`;
}

export function selectOrder(ids: string): string {
  return `SELECT ${ORDER_COLUMNS} FROM orders WHERE id IN (${ids})`;
}

export function move(to: EndState, ids: string, at: number): string {
  return (
    `UPDATE orders FORCE INDEX (PRIMARY) SET state = '${to}', ${to === 'paid' ? 'paid_at' : 'ended_at'} = ${at} ` +
    `WHERE id IN (${ids}) AND state = 'reserved'`
  );
}

/** Marks tickets of orders that have ended: others may hold them now. */
export function endTickets(saleId: string, tickets: readonly number[]): string {
  return (
    'UPDATE order_tickets FORCE INDEX (PRIMARY) SET ended = order_id ' +
    `WHERE sale_id = ${quoted(saleId)} AND ticket IN (${tickets.join()}) AND ended = ''`
  );
}

/** Records that the queue has to end the reservations of these orders. */
export function insertTicketReturns(ids: string): string {
  return (
    'INSERT INTO ticket_returns (order_id, sale_id) ' +
    `SELECT id, sale_id FROM orders FORCE INDEX (PRIMARY) WHERE id IN (${ids}) ORDER BY id`
  );
}

export function deleteTicketReturns(ids: string): string {
  return `DELETE r FROM ticket_returns AS r FORCE INDEX (PRIMARY) WHERE r.order_id IN (${ids})`;
}

export function markRefunded(paymentId: string, at: number): string {
  return `UPDATE payments SET refund_due = NULL, refunded_at = ${at} WHERE id = ${quoted(paymentId)} AND refund_due = 1`;
}
