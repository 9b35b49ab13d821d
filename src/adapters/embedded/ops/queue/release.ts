import { writing } from '../op.ts';
import { removePending, reservationsOf } from './pending.ts';
import { saleRow } from './sale.ts';

export interface ReleaseArgs {
  readonly saleId: string;
  readonly orderIds: readonly string[];
}

/** Returns the orders that held a ticket until now. What is released needs no relay any more. */
export const release = writing((db, { saleId, orderIds }: ReleaseArgs): readonly string[] => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return [];
  const held = reservationsOf(db, sale.n, [...new Set(orderIds)]);
  if (held.length === 0) return [];

  const released = held.map(({ orderId }) => orderId);
  removePending(db, sale.n, released);
  db.run(
    'UPDATE queue_reservation SET held = 0 WHERE sale = ?1 AND order_id IN (SELECT value FROM json_each(?2))',
    sale.n,
    JSON.stringify(released),
  );
  db.run(
    'INSERT INTO queue_returned (sale, place, ticket) SELECT ?1, ?2 + key, value FROM json_each(?3)',
    sale.n,
    sale.tail,
    JSON.stringify(held.map(({ ticket }) => ticket)),
  );
  db.run('UPDATE queue_sale SET tail = ? WHERE n = ?', sale.tail + held.length, sale.n);
  return released;
});
