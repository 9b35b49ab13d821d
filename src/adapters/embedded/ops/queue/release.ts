import type { StrandedReservation } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { writing } from '../op.ts';
import { isCounted, removeHoldings } from './holdings.ts';
import { removePending } from './pending.ts';
import { reservationsOf } from './reservations.ts';
import type { SaleRow } from './sale.ts';
import { saleRow } from './sale.ts';

export interface ReleaseArgs {
  readonly saleId: string;
  readonly orderIds: readonly string[];
}

/** Returns the orders that held a ticket until now. A released order need not be published any more. */
export const release = writing((db, { saleId, orderIds }: ReleaseArgs): readonly string[] => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return [];
  const held = endReservations(db, sale, orderIds);
  if (held.length === 0) return [];

  db.run(
    'INSERT INTO queue_returned (sale, place, ticket) SELECT ?1, ?2 + key, value FROM json_each(?3)',
    sale.n,
    sale.tail,
    JSON.stringify(held.map(({ ticket }) => ticket)),
  );
  db.run('UPDATE queue_sale SET tail = ? WHERE n = ?', sale.tail + held.length, sale.n);
  return held.map(({ orderId }) => orderId);
});

/** The tickets do not return to the queue. */
export const forfeit = writing((db, { saleId, orderIds }: ReleaseArgs): null => {
  const sale = saleRow(db, saleId);
  if (sale !== undefined) endReservations(db, sale, orderIds);
  return null;
});

/** Returns those that held a ticket until now. */
function endReservations(
  db: Db,
  { n, per_buyer }: SaleRow,
  orderIds: readonly string[],
): readonly StrandedReservation[] {
  const held = reservationsOf(db, n, [...new Set(orderIds)]);
  if (held.length === 0) return held;
  const ended = held.map(({ orderId }) => orderId);
  removePending(db, n, ended);
  db.run(
    'UPDATE queue_reservation SET held = 0 WHERE sale = ?1 AND order_id IN (SELECT value FROM json_each(?2))',
    n,
    JSON.stringify(ended),
  );
  if (isCounted(per_buyer))
    removeHoldings(
      db,
      n,
      held.map(({ userId }) => userId),
    );
  return held;
}
