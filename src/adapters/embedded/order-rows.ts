import type { Order } from '../../domain/order.ts';
import type { NewOrder } from '../../ports/order-store.ts';
import { storedKey } from '../sql/stored-key.ts';
import { moreTickets } from '../sql/stored-tickets.ts';
import { ID, isPlainId, padded, TICKET } from './packed.ts';

/**
 * How orders are passed to the engine: as one JSON array, which is the fastest form for a thread and for a statement. Its
 * elements have one of three forms:
 *
 * - `fields`: an array of id, user id, key or null, ticket, reservedAt and payBy. SQLite serializes the element and parses it
 *   again for each value; extracting six values costs a third of storing them.
 * - `packed`: a string of id, ticket, reservedAt and payBy, in fixed widths, and the user id. It costs half as much, and is
 *   for orders whose key is their own.
 * - `several`: as `fields`, with the further tickets (see stored-tickets.ts) and the number of tickets. The other two are for
 *   orders of one ticket.
 */
export type RowForm = 'fields' | 'packed' | 'several';

export interface OrderRows {
  readonly form: RowForm;
  readonly text: string;
}

/** A row of {@link ROWS}. */
export interface OrderRowValues {
  readonly id: string;
  readonly user_id: string;
  readonly idem_key: string | null;
  readonly ticket: number;
  readonly more_tickets: string | null;
  readonly quantity: number;
  readonly reserved_at: number;
  readonly pay_by: number;
}

const TIME = 16;
const PACKED_AT = {
  id: 1,
  ticket: 1 + ID,
  reservedAt: 1 + ID + TICKET,
  payBy: 1 + ID + TICKET + TIME,
  userId: 1 + ID + TICKET + 2 * TIME,
} as const;

const FIELDS = `value ->> 0 AS id, value ->> 1 AS user_id, value ->> 2 AS idem_key, value ->> 3 AS ticket,
    value ->> 4 AS reserved_at, value ->> 5 AS pay_by`;

const ONE_TICKET = 'NULL AS more_tickets, 1 AS quantity';

/** A row for each element of the JSON array, which is the only parameter. */
export const ROWS: Readonly<Record<RowForm, string>> = {
  fields: `SELECT ${FIELDS}, ${ONE_TICKET} FROM json_each(?)`,
  packed: `SELECT substr(value, ${PACKED_AT.id}, ${ID}) AS id, substr(value, ${PACKED_AT.userId}) AS user_id,
    NULL AS idem_key, substr(value, ${PACKED_AT.ticket}, ${TICKET}) + 0 AS ticket,
    substr(value, ${PACKED_AT.reservedAt}, ${TIME}) + 0 AS reserved_at,
    substr(value, ${PACKED_AT.payBy}, ${TIME}) + 0 AS pay_by, ${ONE_TICKET} FROM json_each(?)`,
  several: `SELECT ${FIELDS}, value ->> 6 AS more_tickets, value ->> 7 AS quantity FROM json_each(?)`,
};

/** The orders must have passed `assertStorable`. */
export function rowsOf(orders: readonly NewOrder[]): OrderRows {
  if (orders.some(({ order }) => order.tickets.length > 1)) {
    return severalOf(orders.map(({ order, key }) => ({ ...fieldsOf(order), idem_key: storedKey(key, order.id) })));
  }
  const packed = packedRows(orders);
  if (packed !== undefined) return { form: 'packed', text: JSON.stringify(packed) };
  const fields = orders.map(({ order: { id, userId, tickets, reservedAt, payBy }, key }) => [
    ...[id, userId, storedKey(key, id)],
    ...[tickets[0], reservedAt, payBy],
  ]);
  return { form: 'fields', text: JSON.stringify(fields) };
}

/** The form for rows of any number of tickets. */
export function severalOf(rows: readonly OrderRowValues[]): OrderRows {
  const several = rows.map((row) => [
    ...[row.id, row.user_id, row.idem_key],
    ...[row.ticket, row.reserved_at, row.pay_by],
    ...[row.more_tickets, row.quantity],
  ]);
  return { form: 'several', text: JSON.stringify(several) };
}

function fieldsOf({ id, userId, tickets, reservedAt, payBy }: Order): Omit<OrderRowValues, 'idem_key'> {
  return {
    id,
    user_id: userId,
    ticket: tickets[0] as number,
    more_tickets: moreTickets(tickets),
    quantity: tickets.length,
    reserved_at: reservedAt,
    pay_by: payBy,
  };
}

function packedRows(orders: readonly NewOrder[]): readonly string[] | undefined {
  const rows: string[] = [];
  let [reservedAt, payBy, times] = [-1, -1, ''];
  for (const { order, key } of orders) {
    if (storedKey(key, order.id) !== null || !isPlainId(order.id)) return undefined;
    if (order.reservedAt !== reservedAt || order.payBy !== payBy) {
      // All orders of one record have the same times.
      ({ reservedAt, payBy } = order);
      times = padded(reservedAt, TIME) + padded(payBy, TIME);
    }
    rows.push(order.id + padded(order.tickets[0] as number, TICKET) + times + order.userId);
  }
  return rows;
}
