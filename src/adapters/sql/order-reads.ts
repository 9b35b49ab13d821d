import type { FilterQuery } from '@mikro-orm/libsql';
import type { OrderState } from '../../domain/order.ts';
import { ORDER_STATES } from '../../domain/order.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase } from './connect.ts';
import { guarded } from './faults.ts';
import { LogPositionEntity } from './log-position-entity.ts';
import { OrderEntity } from './order-entity.ts';
import { type OrderRow, orderOfRow } from './order-row.ts';
import { orderOfRaw, type RawOrder, SELECT_ORDER } from './raw-order.ts';
import { keyOfStored } from './stored-key.ts';
import { textOf } from './text-of.ts';

export type OrderReads = Pick<
  OrderStore,
  'position' | 'order' | 'orders' | 'booked' | 'counts' | 'lastOrderId' | 'ping'
>;

interface BookedRow {
  readonly id: string;
  readonly ticket: number;
  readonly user_id: string | Uint8Array;
  readonly idem_key: string | Uint8Array | null;
  readonly reserved_at: number;
  readonly state: OrderState;
  readonly live: number | null;
}

/** Along the index of tickets: a page that begins where the last one ended would sort the whole sale anew each time. */
const BOOKED =
  'SELECT id, ticket, user_id, idem_key, reserved_at, state, live FROM orders ' +
  "WHERE sale_id = ? AND ticket BETWEEN ? AND ? AND (reason IS NULL OR reason <> 'fence')";

interface StateCount {
  readonly state: OrderState;
  readonly orders: number;
}

/** What an order store is asked for, in either dialect; see order-life-reads.ts for what there is to do. */
export function createOrderReads(database: SqlDatabase): OrderReads {
  return {
    position: (group, partition) =>
      guarded('reading a log position', async () => {
        const where = { consumerGroup: group, logPartition: partition };
        return (await database.em().findOne(LogPositionEntity, where))?.nextOffset;
      }),

    order: (orderId) =>
      guarded('reading an order', async () => {
        const [raw]: RawOrder[] = await database.orm.em.getConnection().execute(SELECT_ORDER, [orderId]);
        // MySQL compares text without its trailing spaces.
        return raw === undefined || raw.id !== orderId ? undefined : orderOfRaw(raw);
      }),

    orders: ({ userId, saleId, state, before, limit }) =>
      guarded('reading orders', async () => {
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
      guarded('reading what is booked', async () => {
        const connection = database.orm.em.getConnection();
        const rows: BookedRow[] = await connection.execute(BOOKED, [saleId, first, last]);
        return rows.map(({ id, ticket, user_id, idem_key, reserved_at, state, live }) => ({
          orderId: id,
          ticket,
          userId: textOf(user_id),
          key: keyOfStored(idem_key === null ? null : textOf(idem_key), id, state),
          reservedAt: reserved_at,
          live: live === 1,
        }));
      }),

    counts: (saleId) =>
      guarded('counting orders', async () => {
        const connection = database.orm.em.getConnection();
        const counted: StateCount[] = await connection.execute(
          'SELECT state, COUNT(*) AS orders FROM orders WHERE sale_id = ? GROUP BY state',
          [saleId],
        );
        const [held]: { readonly tickets: number }[] = await connection.execute(
          'SELECT COUNT(DISTINCT ticket) AS tickets FROM orders WHERE sale_id = ? AND live = 1',
          [saleId],
        );
        const numbers = new Map(counted.map(({ state, orders }) => [state, Number(orders)]));
        const states = Object.fromEntries(ORDER_STATES.map((state) => [state, numbers.get(state) ?? 0]));
        return { states: states as Record<OrderState, number>, tickets: Number(held?.tickets ?? 0) };
      }),

    lastOrderId: () =>
      guarded('reading the last order', async () => {
        const [row] = await database.em().find(OrderEntity, {}, { orderBy: { id: 'desc' }, limit: 1, fields: ['id'] });
        return row?.id;
      }),

    ping: () =>
      guarded('asking the order store', async () => {
        await database.orm.em.getConnection().execute('SELECT 1 FROM orders LIMIT 1');
      }),
  };
}
