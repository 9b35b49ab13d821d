import type { SchemaStep } from './schema-step.ts';

/**
 * Orders, and where each consumer group goes on in the log (in the same database, so that both change in one
 * transaction).
 *
 * - `live` is NULL for an order that gave its ticket back, and a unique index ignores NULLs: of a ticket's orders at
 *   most one lives.
 * - `orders_key` begins with the buyer, so it also finds a buyer's own orders. A rejected order has no key: it must
 *   not stand in the way of the one that it lost to.
 * - `orders_state` counts a sale by state and finds what is due without reading a row. New orders go to its end.
 * - What clients send (user_id, idem_key) is VARBINARY in MySQL: its text types ignore trailing spaces when they
 *   compare. Our own ids are text, so that a person can read them in any client.
 * - In SQLite the table keeps its rowid: inserts were 20 % faster than into one clustered by the id, because the three
 *   indexes hold 4 bytes a row instead of the id.
 */
export const orders: SchemaStep = {
  name: 'Migration20251121000100',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS orders (
        id TEXT NOT NULL PRIMARY KEY,
        sale_id TEXT NOT NULL,
        product_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        idem_key TEXT,
        ticket INTEGER NOT NULL,
        price_amount INTEGER NOT NULL,
        price_currency TEXT NOT NULL,
        state TEXT NOT NULL,
        reserved_at INTEGER NOT NULL,
        pay_by INTEGER NOT NULL,
        paid_at INTEGER,
        ended_at INTEGER,
        reason TEXT,
        live INTEGER GENERATED ALWAYS AS (CASE WHEN state IN ('reserved', 'paid') THEN 1 END) VIRTUAL
      ) STRICT`,
      'CREATE UNIQUE INDEX IF NOT EXISTS orders_ticket ON orders (sale_id, ticket, live)',
      'CREATE UNIQUE INDEX IF NOT EXISTS orders_key ON orders (user_id, sale_id, idem_key)',
      'CREATE INDEX IF NOT EXISTS orders_state ON orders (sale_id, state, pay_by)',
      `CREATE TABLE IF NOT EXISTS log_positions (
        consumer_group TEXT NOT NULL,
        log_partition INTEGER NOT NULL,
        next_offset INTEGER NOT NULL,
        PRIMARY KEY (consumer_group, log_partition)
      ) STRICT, WITHOUT ROWID`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS orders (
        id CHAR(14) NOT NULL PRIMARY KEY,
        sale_id VARCHAR(64) NOT NULL,
        product_id VARCHAR(64) NOT NULL,
        user_id VARBINARY(384) NOT NULL,
        idem_key VARBINARY(780) NULL,
        ticket INT NOT NULL,
        price_amount BIGINT NOT NULL,
        price_currency CHAR(3) NOT NULL,
        state VARCHAR(10) NOT NULL,
        reserved_at BIGINT NOT NULL,
        pay_by BIGINT NOT NULL,
        paid_at BIGINT NULL,
        ended_at BIGINT NULL,
        reason VARCHAR(16) NULL,
        live TINYINT GENERATED ALWAYS AS (CASE WHEN state IN ('reserved', 'paid') THEN 1 END) VIRTUAL,
        UNIQUE KEY orders_ticket (sale_id, ticket, live),
        UNIQUE KEY orders_key (user_id, sale_id, idem_key),
        KEY orders_state (sale_id, state, pay_by)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `CREATE TABLE IF NOT EXISTS log_positions (
        consumer_group VARCHAR(255) NOT NULL,
        log_partition INT NOT NULL,
        next_offset BIGINT NOT NULL,
        PRIMARY KEY (consumer_group, log_partition)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
