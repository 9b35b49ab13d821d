import type { NewOrder } from '../../ports/order-store.ts';
import { storedKey } from '../sql/stored-key.ts';
import { ID, isPlainId, padded, TICKET } from './packed.ts';

/**
 * How orders cross to the engine: one JSON text, which crosses a thread and a call fastest. What an element of its array is:
 *
 * - `fields`: an array of id, user id, key or null, ticket, reservedAt and payBy. SQLite renders it as a text of its own and
 *   parses that again; taking six values out of it costs as much as a third of storing them.
 * - `packed`: a string of id, ticket, reservedAt and payBy, each as wide as its widest, and the user id. Half of that cost, for
 *   orders that go by their own key.
 */
export type RowForm = 'fields' | 'packed';

export interface OrderRows {
  readonly form: RowForm;
  readonly text: string;
}

const TIME = 16;
const PACKED_AT = {
  id: 1,
  ticket: 1 + ID,
  reservedAt: 1 + ID + TICKET,
  payBy: 1 + ID + TICKET + TIME,
  userId: 1 + ID + TICKET + 2 * TIME,
} as const;

/** One row for each element of the JSON text that is the only parameter. */
export const ROWS: Readonly<Record<RowForm, string>> = {
  fields: `SELECT value ->> 0 AS id, value ->> 1 AS user_id, value ->> 2 AS idem_key, value ->> 3 AS ticket,
    value ->> 4 AS reserved_at, value ->> 5 AS pay_by FROM json_each(?)`,
  packed: `SELECT substr(value, ${PACKED_AT.id}, ${ID}) AS id, substr(value, ${PACKED_AT.userId}) AS user_id,
    NULL AS idem_key, substr(value, ${PACKED_AT.ticket}, ${TICKET}) + 0 AS ticket,
    substr(value, ${PACKED_AT.reservedAt}, ${TIME}) + 0 AS reserved_at,
    substr(value, ${PACKED_AT.payBy}, ${TIME}) + 0 AS pay_by FROM json_each(?)`,
};

/** Of orders that can be stored (`assertStorable`). */
export function rowsOf(orders: readonly NewOrder[]): OrderRows {
  const packed = packedRows(orders);
  if (packed !== undefined) return { form: 'packed', text: JSON.stringify(packed) };
  const fields = orders.map(({ order: { id, userId, ticket, reservedAt, payBy }, key }) => [
    ...[id, userId, storedKey(key, id)],
    ...[ticket, reservedAt, payBy],
  ]);
  return { form: 'fields', text: JSON.stringify(fields) };
}

function packedRows(orders: readonly NewOrder[]): readonly string[] | undefined {
  const rows: string[] = [];
  let [reservedAt, payBy, times] = [-1, -1, ''];
  for (const { order, key } of orders) {
    if (storedKey(key, order.id) !== null || !isPlainId(order.id)) return undefined;
    if (order.reservedAt !== reservedAt || order.payBy !== payBy) {
      // The orders of one record have them all alike.
      ({ reservedAt, payBy } = order);
      times = padded(reservedAt, TIME) + padded(payBy, TIME);
    }
    rows.push(order.id + padded(order.ticket, TICKET) + times + order.userId);
  }
  return rows;
}
