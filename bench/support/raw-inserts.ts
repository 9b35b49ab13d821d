import { createConnection } from 'mysql2/promise';
import type { RecordSource } from './reservations.ts';

const ROWS_PER_INSERT = 1000;
const PAY_WITHIN_MS = 900_000;
const COLUMNS =
  'id, sale_id, product_id, user_id, idem_key, ticket, price_amount, price_currency, state, reserved_at, pay_by';

/**
 * Rows a second of multi-row inserts into a table like `orders`: a thousand rows a statement, one connection, a commit
 * each.
 */
export async function rawInserts(mysqlUrl: string, count: number, recordOf: RecordSource): Promise<number> {
  const connection = await createConnection(mysqlUrl);
  await connection.query('DROP TABLE IF EXISTS raw_orders');
  await connection.query('CREATE TABLE raw_orders LIKE orders');
  const records = Array.from({ length: Math.ceil(count / ROWS_PER_INSERT) }, (_, n) =>
    recordOf('raw', n * ROWS_PER_INSERT, ROWS_PER_INSERT),
  );
  const from = performance.now();
  for (const { saleId, productId, price, items } of records) {
    const rows = items.map(({ orderId, userId, key, ticket, reservedAt }) => [
      orderId,
      saleId,
      productId,
      userId,
      key,
      ticket,
      price.amount,
      price.currency,
      'reserved',
      reservedAt,
      reservedAt + PAY_WITHIN_MS,
    ]);
    await connection.query(`INSERT INTO raw_orders (${COLUMNS}) VALUES ?`, [rows]);
  }
  const ms = performance.now() - from;
  await connection.query('DROP TABLE raw_orders');
  await connection.end();
  return (records.length * ROWS_PER_INSERT * 1000) / ms;
}
