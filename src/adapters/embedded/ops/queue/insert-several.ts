import { Fault } from '../../../../domain/errors.ts';
import type { Db } from '../../database.ts';
import type { SaleRow } from './sale.ts';

/** An element of the JSON array. */
export type SeveralRow = readonly [orderId: string, userId: string, key: string | null, tickets: readonly number[]];

/** How it is read for `queue_reservation`: id, lowest ticket, buyer, key, number of tickets, the other tickets. */
export const SEVERAL = `value ->> 0, value ->> '$[3][0]', value ->> 1, value ->> 2,
  json_array_length(value, '$[3]'), json_remove(value -> 3, '$[0]')`;

const INSERT_TICKETS = `INSERT INTO queue_several (sale, ticket, order_id)
  SELECT ?1, t.value, o.value ->> 0 FROM json_each(?2) AS o CROSS JOIN json_each(o.value, '$[3]') AS t`;

/** To be called with the rows of orders of several tickets that were inserted; there must be some. */
export function insertTickets(db: Db, { n, several }: SaleRow, rows: readonly SeveralRow[]): void {
  db.run(INSERT_TICKETS, n, JSON.stringify(rows));
  if (several === 0) db.run('UPDATE queue_sale SET several = 1 WHERE n = ?', n);
}

const DOUBLED = `SELECT 1 FROM json_each(?2) AS t CROSS JOIN queue_several AS s ON s.sale = ?1 AND s.ticket = t.value
  UNION ALL
  SELECT 1 FROM json_each(?3) AS t CROSS JOIN queue_reservation AS r INDEXED BY queue_ticket
    ON r.sale = ?1 AND r.ticket = t.value AND r.held = 1
  LIMIT 1`;

/**
 * Ensures what no index can: that none of the tickets of orders, which have just been inserted, is held both by an order of
 * one ticket and by one of several. Errors: Fault `corrupt`.
 */
export function assertHeldOnce(db: Db, sale: number, orders: readonly (readonly number[])[]): void {
  const single = orders.filter(({ length }) => length === 1).flat();
  const several = orders.filter(({ length }) => length > 1).flat();
  if (db.get(DOUBLED, sale, JSON.stringify(single), JSON.stringify(several)) === undefined) return;
  throw new Fault('corrupt', 'a ticket of this batch is already in use');
}
