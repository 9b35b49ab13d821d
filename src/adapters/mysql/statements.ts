import type { Order, OrderState } from '../../domain/order.ts';
import type { LogPosition } from '../../ports/order-log.ts';
import type { NewOrder, Rejection, StoreBatch } from '../../ports/order-store.ts';
import { storedKey } from '../sql/stored-key.ts';
import { moreTickets } from '../sql/stored-tickets.ts';
import { quoted, quotedOnce } from './literals.ts';

/**
 * SQL of the hot path, with the values as literals: the server parses a multi-row insert as fast as it stores the rows,
 * while building the statement with the ORM costs more than the database does. (Besides, its upsertMany would overwrite
 * another buyer's row through the second unique key.) Numbers were checked by assertStorable.
 */

const COLUMNS =
  'id, sale_id, product_id, user_id, idem_key, ticket, quantity, more_tickets, price_amount, price_currency, ' +
  'state, reserved_at, pay_by';

/** A row that violates a unique key is skipped, and not counted as affected. IGNORE would hide other errors, too. */
const OR_NOTHING = 'ON DUPLICATE KEY UPDATE id = orders.id';

/** Fails if one of the orders, or the key of one, is stored. */
export function insertOrders(orders: readonly NewOrder[]): string {
  const valuesOf = orderValues();
  const rows = orders.toSorted(byId).map(({ order, key }) => {
    const stored = storedKey(key, order.id);
    return `(${valuesOf(order, stored === null ? 'NULL' : quoted(stored), 'reserved')})`;
  });
  return `INSERT INTO orders (${COLUMNS}) VALUES ${rows.join()}`;
}

export function insertRejected(rejected: readonly Rejection[]): string {
  const valuesOf = orderValues();
  const rows = rejected
    .toSorted(byId)
    .map(
      ({ order, reason }) =>
        `(${valuesOf(order, 'NULL', 'rejected')},${order.endedAt ?? order.reservedAt},${quoted(reason)})`,
    );
  return `INSERT INTO orders (${COLUMNS}, ended_at, reason) VALUES ${rows.join()}`;
}

export function insertRejectedOrNothing(rejection: Rejection): string {
  return `${insertRejected([rejection])} ${OR_NOTHING}`;
}

/** Workers that lock rows in the same order do not deadlock. */
function byId({ order: a }: { readonly order: Order }, { order: b }: { readonly order: Order }): number {
  return compare(a.id, b.id);
}

function orderValues(): (order: Order, idemKey: string, state: OrderState) => string {
  const [sale, product, currency] = [quotedOnce(), quotedOnce(), quotedOnce()];
  return ({ id, saleId, productId, userId, tickets, price, reservedAt, payBy }, idemKey, state) => {
    const more = moreTickets(tickets);
    return (
      `${quoted(id)},${sale(saleId)},${product(productId)},${quoted(userId)},${idemKey},${tickets[0]},` +
      `${tickets.length},${more === null ? 'NULL' : `'${more}'`},${price.amount},${currency(price.currency)},` +
      `'${state}',${reservedAt},${payBy}`
    );
  };
}

/**
 * Fails if another live order holds one of the tickets. In the order of the table's key, in which a transition locks these
 * rows as well.
 */
export function insertTickets(orders: readonly { readonly order: Order }[], as: 'live' | 'ended'): string {
  const sale = quotedOnce();
  const rows = ticketRows(orders).map(({ saleId, ticket, id }) => {
    const orderId = quoted(id);
    return `(${sale(saleId)},${ticket},${as === 'live' ? "''" : orderId},${orderId})`;
  });
  return `INSERT INTO order_tickets (sale_id, ticket, ended, order_id) VALUES ${rows.join()}`;
}

interface TicketRow {
  readonly saleId: string;
  readonly ticket: number;
  readonly id: string;
}

function ticketRows(orders: readonly { readonly order: Order }[]): TicketRow[] {
  const rows: TicketRow[] = [];
  for (const {
    order: { saleId, tickets, id },
  } of orders)
    for (const ticket of tickets) rows.push({ saleId, ticket, id });
  return rows.sort((a, b) => compare(a.saleId, b.saleId) || a.ticket - b.ticket);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** A position never goes back. The derived table names the new values alike on MySQL and MariaDB. */
export function upsertPositions(group: string, positions: readonly LogPosition[]): string {
  const rows = positions.map(
    ({ partition, next }) =>
      `SELECT ${quoted(group)} AS consumer_group, ${partition} AS log_partition, ${next} AS fresh`,
  );
  return (
    'INSERT INTO log_positions (consumer_group, log_partition, next_offset) ' +
    `SELECT consumer_group, log_partition, fresh FROM (${rows.join(' UNION ALL ')}) AS events ` +
    'ON DUPLICATE KEY UPDATE next_offset = GREATEST(log_positions.next_offset, events.fresh)'
  );
}

/** The first fence of an epoch counts. */
export function insertFences(group: string, fences: NonNullable<StoreBatch['fences']>): string {
  const rows = fences.map(
    ({ partition, saleId, epoch, offset }) =>
      `(${quoted(group)}, ${quoted(saleId)}, ${partition}, ${epoch}, ${offset})`,
  );
  return (
    'INSERT INTO log_fences (consumer_group, sale_id, log_partition, epoch, log_offset) ' +
    `VALUES ${rows.join(',')} ON DUPLICATE KEY UPDATE epoch = log_fences.epoch`
  );
}
