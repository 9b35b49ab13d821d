import type { OrderStore, RejectionReason } from '../../ports/order-store.ts';
import type { SqlDatabase } from './connect.ts';
import { guarded } from './faults.ts';
import { textOf } from './text-of.ts';

export type OrderLifeReads = Pick<OrderStore, 'due' | 'owedTickets' | 'refundsDue' | 'money'>;

interface RefundRow {
  readonly id: string | Uint8Array;
  readonly order_id: string;
  readonly price_amount: number;
  readonly price_currency: string;
}

interface OwedRow {
  readonly order_id: string;
  readonly sale_id: string;
  readonly reason: RejectionReason | null;
}

/** Orders that end at the same moment may come in any order: sorting them by id as well would read all of them. */
const DUE = `SELECT id FROM orders WHERE sale_id = ? AND state = 'reserved' AND pay_by <= ? ORDER BY pay_by LIMIT ?`;

/**
 * Ids begin with their time, so the oldest order comes first. Who lost its ticket has none to give back. A left join
 * begins with the outbox on every server, however few orders there are.
 */
const OWED =
  'SELECT r.order_id, r.sale_id, o.reason FROM ticket_returns r LEFT JOIN orders o ON o.id = r.order_id ' +
  'ORDER BY r.order_id LIMIT ?';

const REFUNDS_DUE =
  'SELECT p.id, p.order_id, o.price_amount, o.price_currency FROM payments p JOIN orders o ON o.id = p.order_id ' +
  'WHERE p.refund_due = 1 ORDER BY p.captured_at, p.id LIMIT ?';

const REVENUE = `SELECT SUM(price_amount) AS amount FROM orders WHERE sale_id = ? AND state = 'paid'`;

const REFUNDED =
  'SELECT COUNT(*) AS payments FROM payments WHERE sale_id = ? AND (refund_due = 1 OR refunded_at IS NOT NULL)';

/** What there is to do about orders that are stored, and what came of them, in either dialect. */
export function createOrderLifeReads(database: SqlDatabase): OrderLifeReads {
  const rows = <Row>(sql: string, ...params: readonly (string | number)[]): Promise<Row[]> =>
    database.orm.em.getConnection().execute(sql, [...params]);

  return {
    due: (saleId, now, limit) =>
      guarded('reading what is due', async () =>
        (await rows<{ readonly id: string }>(DUE, saleId, now, limit)).map(({ id }) => id),
      ),

    owedTickets: (limit) =>
      guarded('reading what is owed to the queue', async () => {
        const owed = await rows<OwedRow>(OWED, limit);
        return owed.map(({ order_id, sale_id, reason }) => ({
          saleId: sale_id,
          orderId: order_id,
          forfeit: reason === 'ticket',
        }));
      }),

    refundsDue: (limit) =>
      guarded('reading what is to be refunded', async () =>
        (await rows<RefundRow>(REFUNDS_DUE, limit)).map(({ id, order_id, price_amount, price_currency }) => ({
          paymentId: textOf(id),
          orderId: order_id,
          price: { amount: price_amount, currency: price_currency },
        })),
      ),

    money: (saleId) =>
      guarded('adding up a sale', async () => {
        const [paid] = await rows<{ readonly amount: number | string | null }>(REVENUE, saleId);
        const [back] = await rows<{ readonly payments: number }>(REFUNDED, saleId);
        // MySQL gives sums as text.
        return { revenue: Number(paid?.amount ?? 0), refunded: Number(back?.payments ?? 0) };
      }),
  };
}
