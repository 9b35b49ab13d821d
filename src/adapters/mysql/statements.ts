import type { LogPosition } from '../../ports/order-log.ts';
import type { NewOrder, Rejection, StoreBatch } from '../../ports/order-store.ts';
import { storedKey } from '../sql/stored-key.ts';
import { quoted } from './literals.ts';

/**
 * SQL of the hot path, with the values as literals: the server parses a multi-row insert as fast as it stores the rows,
 * while building the statement with the ORM costs more than the database does. (Besides, its upsertMany would overwrite
 * another buyer's row through the second unique key.) Numbers were checked by assertStorable.
 */

const COLUMNS =
  'id, sale_id, product_id, user_id, idem_key, ticket, price_amount, price_currency, state, reserved_at, pay_by';

/** A row that violates a unique key is skipped, and not counted as affected. IGNORE would hide other errors, too. */
const OR_NOTHING = 'ON DUPLICATE KEY UPDATE id = orders.id';

export function insertOrders(orders: readonly NewOrder[]): string {
  const rows = orders.map(({ order, key }) => {
    const { price } = order;
    const stored = storedKey(key, order.id);
    const idemKey = stored === null ? 'NULL' : quoted(stored);
    return (
      `(${quoted(order.id)},${quoted(order.saleId)},${quoted(order.productId)},${quoted(order.userId)},${idemKey},` +
      `${order.ticket},${price.amount},${quoted(price.currency)},'reserved',${order.reservedAt},${order.payBy})`
    );
  });
  return `INSERT INTO orders (${COLUMNS}) VALUES ${rows.join(',')} ${OR_NOTHING}`;
}

export function insertRejected({ order, reason }: Rejection): string {
  const { price } = order;
  return (
    `INSERT INTO orders (${COLUMNS}, ended_at, reason) VALUES (${quoted(order.id)}, ${quoted(order.saleId)}, ` +
    `${quoted(order.productId)}, ${quoted(order.userId)}, NULL, ${order.ticket}, ${price.amount}, ` +
    `${quoted(price.currency)}, 'rejected', ${order.reservedAt}, ${order.payBy}, ${order.endedAt ?? order.reservedAt}, ` +
    `${quoted(reason)}) ${OR_NOTHING}`
  );
}

export function selectStored(orders: readonly NewOrder[]): string {
  return `SELECT id FROM orders WHERE id IN (${orders.map(({ order }) => quoted(order.id)).join(',')})`;
}

/**
 * Removes orders that a fence rejected before, so that they can be accepted now. A DELETE sees the latest committed rows, not
 * those as of the start of the transaction.
 */
export function deleteFenced(orders: readonly NewOrder[]): string {
  const ids = orders.map(({ order }) => quoted(order.id)).join(',');
  return `DELETE o FROM orders AS o FORCE INDEX (PRIMARY) WHERE o.id IN (${ids}) AND o.reason = 'fence'`;
}

export function selectTicketHolder({ order }: NewOrder): string {
  return `SELECT id FROM orders WHERE sale_id = ${quoted(order.saleId)} AND ticket = ${order.ticket} AND live = 1`;
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
