import { createConnection } from 'mysql2/promise';
import { storedKey } from '../../src/adapters/sql/stored-key.ts';
import type { ReservationsRecord } from '../../src/domain/log-record.ts';
import type { RecordSource } from './reservations.ts';

const ROWS_PER_INSERT = 1000;
const PAY_WITHIN_MS = 900_000;
const COLUMNS =
  'id, sale_id, product_id, user_id, idem_key, ticket, price_amount, price_currency, state, reserved_at, pay_by';
const INSERT = `INSERT INTO raw_orders (${COLUMNS}) VALUES ?`;

/**
 * Rows a second of multi-row inserts into a table like `orders`: a thousand rows a statement, each committed, in sequence, as
 * a worker stores its batches. The SQL text is built in advance.
 */
export async function rawInserts(mysqlUrl: string, count: number, recordOf: RecordSource): Promise<number> {
  const connection = await createConnection(mysqlUrl);
  await connection.query('DROP TABLE IF EXISTS raw_orders');
  await connection.query('CREATE TABLE raw_orders LIKE orders');
  const statements = Array.from({ length: Math.ceil(count / ROWS_PER_INSERT) }, (_, n) =>
    connection.format(INSERT, [rowsOf(recordOf('raw', n * ROWS_PER_INSERT, ROWS_PER_INSERT))]),
  );
  const from = performance.now();
  for (const statement of statements) await connection.query(statement);
  const ms = performance.now() - from;
  await connection.query('DROP TABLE raw_orders');
  await connection.end();
  return (statements.length * ROWS_PER_INSERT * 1000) / ms;
}

function rowsOf({ saleId, productId, price, items }: ReservationsRecord): readonly unknown[] {
  return items.map(({ orderId, userId, key, tickets: [ticket], reservedAt }) => [
    orderId,
    saleId,
    productId,
    userId,
    storedKey(key, orderId),
    ticket,
    price.amount,
    price.currency,
    'reserved',
    reservedAt,
    reservedAt + PAY_WITHIN_MS,
  ]);
}
