import type { FilterQuery } from '@mikro-orm/libsql';
import type { OrderState } from '../../domain/order.ts';
import { ORDER_STATES } from '../../domain/order.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { LogPositionEntity } from './log-position-entity.ts';
import { OrderEntity } from './order-entity.ts';
import { type OrderRow, orderOfRow } from './order-row.ts';
import { orderOfRaw, type RawOrder, SELECT_ORDER } from './raw-order.ts';
import { keyOfStored } from './stored-key.ts';
import { ticketsOf } from './stored-tickets.ts';
import { textOf } from './text-of.ts';
import { TICKETS_WITH_ORDERS } from './tickets-with-orders.ts';

export type OrderReads = Pick<
  OrderStore,
  'position' | 'order' | 'orders' | 'booked' | 'counts' | 'lastOrderId' | 'ping'
>;

interface BookedRow {
  readonly id: string;
  readonly ticket: number;
  readonly more_tickets: string | null;
  readonly user_id: string | Uint8Array;
  readonly idem_key: string | Uint8Array | null;
  readonly reserved_at: number;
  readonly state: OrderState;
  readonly ended: string;
}

/**
 * By ranges along the key of the tickets: paging by id would sort the whole sale for each page. Without BETWEEN, of which
 * SQLite would use one bound only, because `o.ticket` could take the place of `t.ticket`.
 */
function selectBooked(dialect: SqlDatabase['dialect']): string {
  return (
    'SELECT o.id, o.ticket, o.more_tickets, o.user_id, o.idem_key, o.reserved_at, o.state, t.ended ' +
    `FROM ${TICKETS_WITH_ORDERS[dialect]} ` +
    'WHERE t.sale_id = ? AND t.ticket >= ? AND t.ticket <= ? AND o.ticket = t.ticket ' +
    "AND (o.reason IS NULL OR o.reason <> 'fence')"
  );
}

const COUNT_BY_STATE = 'SELECT state, COUNT(*) AS orders FROM orders WHERE sale_id = ? GROUP BY state';

/** The table's key admits a ticket once. */
const COUNT_TICKETS = "SELECT COUNT(*) AS tickets FROM order_tickets WHERE sale_id = ? AND ended = ''";

interface StateCount {
  readonly state: OrderState;
  readonly orders: number;
}

/** Reads of orders, in either dialect; order-transition-reads.ts has those of due transitions. */
export function createOrderReads(database: SqlDatabase): OrderReads {
  const booked = selectBooked(database.dialect);
  return {
    position: (group, partition) =>
      withSqlFaults('reading a log position', async () => {
        const where = { consumerGroup: group, logPartition: partition };
        return (await database.em().findOne(LogPositionEntity, where))?.nextOffset;
      }),

    order: (orderId) =>
      withSqlFaults('reading an order', async () => {
        const [raw] = await database.rows<RawOrder>(SELECT_ORDER, orderId);
        // MySQL ignores trailing spaces when it compares text.
        return raw === undefined || raw.id !== orderId ? undefined : orderOfRaw(raw);
      }),

    orders: ({ userId, saleId, state, before, limit }) =>
      withSqlFaults('reading orders', async () => {
        const where: FilterQuery<OrderRow> = {
          ...(userId === undefined ? {} : { userId }),
          ...(saleId === undefined ? {} : { saleId }),
          ...(state === undefined ? {} : { state }),
          ...(before === undefined ? {} : { id: { $lt: before } }),
        };
        const rows = await database.em().find(OrderEntity, where, { orderBy: { id: 'desc' }, limit });
        return rows.map(orderOfRow);
      }),

    booked: (saleId, first, last) =>
      withSqlFaults('reading the orders of tickets', async () => {
        const rows = await database.rows<BookedRow>(booked, saleId, first, last);
        return rows.map(({ id, ticket, more_tickets, user_id, idem_key, reserved_at, state, ended }) => ({
          orderId: id,
          tickets: ticketsOf(ticket, more_tickets),
          userId: textOf(user_id),
          key: keyOfStored(idem_key === null ? null : textOf(idem_key), id, state),
          reservedAt: reserved_at,
          live: ended === '',
        }));
      }),

    counts: (saleId) =>
      withSqlFaults('counting orders', async () => {
        const counted = await database.slowRows<StateCount>(COUNT_BY_STATE, saleId);
        const [held] = await database.slowRows<{ readonly tickets: number }>(COUNT_TICKETS, saleId);
        const numbers = new Map(counted.map(({ state, orders }) => [state, Number(orders)]));
        const states = Object.fromEntries(ORDER_STATES.map((state) => [state, numbers.get(state) ?? 0]));
        return { states: states as Record<OrderState, number>, tickets: Number(held?.tickets ?? 0) };
      }),

    lastOrderId: () =>
      withSqlFaults('reading the last order', async () => {
        const [row] = await database.em().find(OrderEntity, {}, { orderBy: { id: 'desc' }, limit: 1, fields: ['id'] });
        return row?.id;
      }),

    ping: () =>
      withSqlFaults('pinging the order store', async () => {
        await database.rows('SELECT 1 FROM orders LIMIT 1');
      }),
  };
}
