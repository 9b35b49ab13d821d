import type { Order } from '../../../../domain/order.ts';
import type { EndState } from '../../../../ports/order-store.ts';
import { ORDER_COLUMNS, orderOfRaw, type RawOrder } from '../../../sql/raw-order.ts';
import { ticketsBySale } from '../../../sql/stored-tickets.ts';
import type { Db } from '../../database.ts';
import { writing } from '../op.ts';

export interface TransitionArgs {
  readonly to: EndState;
  /** JSON: an array of order ids. */
  readonly ids: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const PAY = `
UPDATE orders SET state = 'paid', paid_at = ?
WHERE id IN (SELECT value FROM json_each(?)) AND state = 'reserved' RETURNING ${ORDER_COLUMNS}`;

const END = `
UPDATE orders SET state = ?, ended_at = ?
WHERE id IN (SELECT value FROM json_each(?)) AND state = 'reserved' RETURNING ${ORDER_COLUMNS}`;

/** The order of a payment that began meanwhile is kept. */
const EXPIRE = END.replace('RETURNING', 'AND (held_until IS NULL OR held_until <= ?) RETURNING');

/** The last parameter is a JSON array of tickets. For pairs of sale and ticket, SQLite would read all tickets of the sale. */
const END_TICKETS = `
UPDATE order_tickets SET ended = order_id
WHERE sale_id = ? AND ticket IN (SELECT value FROM json_each(?)) AND ended = ''`;

const INSERT_RETURNS = `
INSERT INTO ticket_returns (order_id, sale_id) SELECT id, sale_id FROM orders
WHERE id IN (SELECT value FROM json_each(?))`;

export const transition = writing((db, { to, ids, at }: TransitionArgs): readonly Order[] => {
  const orders = move(db, to, ids, at).map(orderOfRaw);
  if (to !== 'paid' && orders.length > 0) endTickets(db, orders);
  return orders;
});

function move(db: Db, to: EndState, ids: string, at: number): RawOrder[] {
  if (to === 'paid') return db.all<RawOrder>(PAY, at, ids);
  return to === 'expired' ? db.all<RawOrder>(EXPIRE, to, at, ids, at) : db.all<RawOrder>(END, to, at, ids);
}

/** The tickets of orders that have ended are free for others, and owed to the queue. */
export function endTickets(db: Db, orders: readonly Order[]): void {
  for (const [saleId, tickets] of ticketsBySale(orders)) db.run(END_TICKETS, saleId, JSON.stringify(tickets));
  db.run(INSERT_RETURNS, JSON.stringify(orders.map(({ id }) => id)));
}

/** `ids` is a JSON array of order ids. */
export const returned = writing((db, ids: string): null => {
  db.run('DELETE FROM ticket_returns WHERE order_id IN (SELECT value FROM json_each(?))', ids);
  return null;
});
