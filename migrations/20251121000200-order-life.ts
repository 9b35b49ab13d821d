import type { SchemaStep } from './schema-step.ts';

/**
 * What becomes of an order after it was stored.
 *
 * - `ticket_returns` is an outbox: an order that ended is in it, from the transaction that ended it until the ticket
 *   queue has its ticket back. It is nearly always empty, so that reading it costs nothing.
 * - `payments` has a row for each payment that a provider took. `refund_due` is 1 while its money has to go back, else
 *   NULL, so that the index holds only what is to be done.
 * - `payment_events` remembers the provider's messages: one that comes twice changes nothing.
 * - What the provider calls its payments and messages is VARBINARY in MySQL, as what clients send is: 255 characters.
 * - `leases`: who does what only one may do, and until when, in milliseconds since 1970 by the database's clock.
 */
export const orderLife: SchemaStep = {
  name: 'Migration20251121000200',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS ticket_returns (
        order_id TEXT NOT NULL PRIMARY KEY,
        sale_id TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE IF NOT EXISTS payments (
        id TEXT NOT NULL PRIMARY KEY,
        order_id TEXT NOT NULL,
        sale_id TEXT NOT NULL,
        captured_at INTEGER NOT NULL,
        refund_due INTEGER,
        refunded_at INTEGER
      ) STRICT`,
      'CREATE INDEX IF NOT EXISTS payments_refund_due ON payments (refund_due, captured_at)',
      'CREATE INDEX IF NOT EXISTS payments_order ON payments (order_id)',
      'CREATE INDEX IF NOT EXISTS payments_sale ON payments (sale_id)',
      `CREATE TABLE IF NOT EXISTS payment_events (
        id TEXT NOT NULL PRIMARY KEY,
        payment_id TEXT NOT NULL,
        received_at INTEGER NOT NULL
      ) STRICT`,
      `CREATE TABLE IF NOT EXISTS leases (
        name TEXT NOT NULL PRIMARY KEY,
        holder TEXT NOT NULL,
        held_until INTEGER NOT NULL
      ) STRICT`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS ticket_returns (
        order_id CHAR(14) NOT NULL PRIMARY KEY,
        sale_id VARCHAR(64) NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `CREATE TABLE IF NOT EXISTS payments (
        id VARBINARY(765) NOT NULL PRIMARY KEY,
        order_id CHAR(14) NOT NULL,
        sale_id VARCHAR(64) NOT NULL,
        captured_at BIGINT NOT NULL,
        refund_due TINYINT NULL,
        refunded_at BIGINT NULL,
        KEY payments_refund_due (refund_due, captured_at),
        KEY payments_order (order_id),
        KEY payments_sale (sale_id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `CREATE TABLE IF NOT EXISTS payment_events (
        id VARBINARY(765) NOT NULL PRIMARY KEY,
        payment_id VARBINARY(765) NOT NULL,
        received_at BIGINT NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `CREATE TABLE IF NOT EXISTS leases (
        name VARCHAR(128) NOT NULL PRIMARY KEY,
        holder VARCHAR(128) NOT NULL,
        held_until BIGINT NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
