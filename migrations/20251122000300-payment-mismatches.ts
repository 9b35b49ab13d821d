import type { SchemaStep } from './schema-step.ts';

/**
 * Captures of another amount or currency than their order's: they pay nothing, and are kept apart from `payments`, so that
 * the right capture of the same payment still pays. `refund_due` is as in `payments`; it is NULL from the start if the
 * payment is known otherwise, because a person has to decide then.
 */
export const paymentMismatches: SchemaStep = {
  name: 'Migration20251122000300',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS payment_mismatches (
        payment_id TEXT NOT NULL,
        order_id TEXT NOT NULL,
        amount INTEGER NOT NULL,
        currency TEXT NOT NULL,
        sale_id TEXT NOT NULL,
        event_id TEXT NOT NULL,
        captured_at INTEGER NOT NULL,
        refund_due INTEGER,
        refunded_at INTEGER,
        PRIMARY KEY (payment_id, order_id, amount, currency)
      ) STRICT`,
      'CREATE INDEX IF NOT EXISTS payment_mismatches_refund_due ON payment_mismatches (refund_due, captured_at)',
      'CREATE INDEX IF NOT EXISTS payment_mismatches_sale ON payment_mismatches (sale_id)',
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS payment_mismatches (
        payment_id VARBINARY(765) NOT NULL,
        order_id CHAR(14) NOT NULL,
        amount BIGINT NOT NULL,
        currency CHAR(3) NOT NULL,
        sale_id VARCHAR(64) NOT NULL,
        event_id VARBINARY(765) NOT NULL,
        captured_at BIGINT NOT NULL,
        refund_due TINYINT NULL,
        refunded_at BIGINT NULL,
        PRIMARY KEY (payment_id, order_id, amount, currency),
        KEY payment_mismatches_refund_due (refund_due, captured_at),
        KEY payment_mismatches_sale (sale_id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
