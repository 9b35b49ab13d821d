import type { LogPosition } from '../../ports/order-log.ts';
import type { NewOrder, Rejection, StoreBatch } from '../../ports/order-store.ts';
import { storedKey } from '../sql/stored-key.ts';
import { quoted } from './literals.ts';

/**
 * The hot path's SQL, with its values in it: the server parses a multi-row insert of text as fast as it stores it, and
 * the ORM's own ways cost more than the database (upsertMany overwrites another buyer's row through the second unique
 * key besides). Numbers were checked by assertStorable.
 */

const COLUMNS =
  'id, sale_id, product_id, user_id, idem_key, ticket, price_amount, price_currency, state, reserved_at, pay_by';

/** A row that breaks a unique key is left out, and is not counted as affected. IGNORE would hide other errors, too. */
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
 * Clears the way for orders that were refused before and are accepted now. It reads what is, not what was when the
 * transaction began.
 */
export function deleteRefused(orders: readonly NewOrder[]): string {
  const ids = orders.map(({ order }) => quoted(order.id)).join(',');
  return `DELETE o FROM orders AS o FORCE INDEX (PRIMARY) WHERE o.id IN (${ids}) AND o.reason = 'fence'`;
}

export function selectTicketHolder({ order }: NewOrder): string {
  return `SELECT id FROM orders WHERE sale_id = ${quoted(order.saleId)} AND ticket = ${order.ticket} AND live = 1`;
}

/** A position never goes back. The derived table names the new values on MySQL and MariaDB alike. */
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
