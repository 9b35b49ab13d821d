import type { SchemaStep, UnlessColumn } from './schema-step.ts';

function order(column: string, type: string): UnlessColumn {
  return { table: 'orders', column, sql: `ALTER TABLE orders ADD COLUMN ${column} ${type}` };
}

function payment(column: string, type: string): UnlessColumn {
  return { table: 'payments', column, sql: `ALTER TABLE payments ADD COLUMN ${column} ${type}` };
}

/**
 * Late money and refunds.
 *
 * - `orders.held_until`: a payment began in time, and keeps the order until then, beyond `pay_by`.
 * - `orders.refunded_amount`: what was given back, or will be, of what the order cost; minor units.
 * - `orders.rebooked_as` and `rebook_of` connect an order that had ended when its money came with the order that the money bought.
 * - `payments.rebook_due` is 1 while the payment of an order that had ended shall buy tickets again, else NULL, as `refund_due`
 *   is. Once it has, `order_id` is the new order, and `late_for` the one that had ended.
 * - `refunds`: what admins gave back. `id` comes from the request, so that a repetition adds nothing; `asked_amount` is NULL
 *   for all that was left. `refund_due` is as in `payments`.
 */
export const money: SchemaStep = {
  name: 'Migration20251202000000',
  statements: {
    sqlite: [
      order('held_until', 'INTEGER'),
      order('refunded_amount', 'INTEGER'),
      order('rebooked_as', 'TEXT'),
      order('rebook_of', 'TEXT'),
      payment('late_for', 'TEXT'),
      payment('rebook_due', 'INTEGER'),
      'CREATE INDEX IF NOT EXISTS payments_rebook_due ON payments (rebook_due, captured_at)',
      `CREATE TABLE IF NOT EXISTS refunds (
        id TEXT NOT NULL PRIMARY KEY,
        order_id TEXT NOT NULL,
        sale_id TEXT NOT NULL,
        payment_id TEXT NOT NULL,
        amount INTEGER NOT NULL,
        asked_amount INTEGER,
        return_tickets INTEGER NOT NULL,
        reason TEXT NOT NULL,
        requested_by TEXT NOT NULL,
        requested_at INTEGER NOT NULL,
        refund_due INTEGER,
        refunded_at INTEGER
      ) STRICT`,
      'CREATE INDEX IF NOT EXISTS refunds_refund_due ON refunds (refund_due, requested_at)',
      'CREATE INDEX IF NOT EXISTS refunds_order ON refunds (order_id)',
      'CREATE INDEX IF NOT EXISTS refunds_sale ON refunds (sale_id)',
    ],
    mysql: [
      order('held_until', 'BIGINT NULL'),
      order('refunded_amount', 'BIGINT NULL'),
      order('rebooked_as', 'CHAR(14) NULL'),
      order('rebook_of', 'CHAR(14) NULL'),
      payment('late_for', 'CHAR(14) NULL'),
      {
        table: 'payments',
        column: 'rebook_due',
        sql: 'ALTER TABLE payments ADD COLUMN rebook_due TINYINT NULL, ADD KEY payments_rebook_due (rebook_due, captured_at)',
      },
      `CREATE TABLE IF NOT EXISTS refunds (
        id VARCHAR(64) NOT NULL PRIMARY KEY,
        order_id CHAR(14) NOT NULL,
        sale_id VARCHAR(64) NOT NULL,
        payment_id VARBINARY(765) NOT NULL,
        amount BIGINT NOT NULL,
        asked_amount BIGINT NULL,
        return_tickets TINYINT NOT NULL,
        reason VARCHAR(1000) NOT NULL,
        requested_by VARBINARY(384) NOT NULL,
        requested_at BIGINT NOT NULL,
        refund_due TINYINT NULL,
        refunded_at BIGINT NULL,
        KEY refunds_refund_due (refund_due, requested_at),
        KEY refunds_order (order_id),
        KEY refunds_sale (sale_id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
