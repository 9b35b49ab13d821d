import type { SchemaStep, UnlessColumn } from './schema-step.ts';

const COPY = `INSERT INTO order_tickets (sale_id, ticket, ended, order_id)
  SELECT sale_id, ticket, CASE WHEN state IN ('reserved', 'paid') THEN '' ELSE id END, id FROM orders`;

/** An order that lost its ticket had no other one. */
const COPY_HELD = `UPDATE ticket_returns SET held_by_others =
  (SELECT o.ticket FROM orders o WHERE o.id = ticket_returns.order_id AND o.reason = 'ticket')`;

/** The last statement of either dialect adds the column. */
function untilDone(sql: string): UnlessColumn {
  return { table: 'orders', column: 'quantity', sql };
}

function unlessHeld(sql: string): UnlessColumn {
  return { table: 'ticket_returns', column: 'held_by_others', sql };
}

/**
 * Orders of several tickets.
 *
 * - `order_tickets` has a row for each ticket of each order. `ended` is '' while the order is live, else the order's id: the
 *   primary key admits one live order of a ticket and any number of ended ones, and finds all of them. It takes the place of
 *   the index `orders_ticket`, so that storing an order of one ticket writes as many B-trees as before.
 * - `orders.ticket` is the order's lowest ticket, `more_tickets` has the others, joined by commas: NULL for nearly all orders.
 * - `ticket_returns.held_by_others` has the tickets, joined by commas, that other live orders held when an order was rejected
 *   for its tickets: they must not return to the queue.
 */
export const orderTickets: SchemaStep = {
  name: 'Migration20251201000200',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS order_tickets (
        sale_id TEXT NOT NULL,
        ticket INTEGER NOT NULL,
        ended TEXT NOT NULL,
        order_id TEXT NOT NULL,
        PRIMARY KEY (sale_id, ticket, ended)
      ) STRICT, WITHOUT ROWID`,
      untilDone('DELETE FROM order_tickets'),
      untilDone(COPY),
      unlessHeld('ALTER TABLE ticket_returns ADD COLUMN held_by_others TEXT'),
      untilDone(COPY_HELD),
      'DROP INDEX IF EXISTS orders_ticket',
      untilDone('ALTER TABLE orders DROP COLUMN live'),
      untilDone('ALTER TABLE orders ADD COLUMN more_tickets TEXT'),
      untilDone('ALTER TABLE orders ADD COLUMN quantity INTEGER NOT NULL DEFAULT 1'),
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS order_tickets (
        sale_id VARCHAR(64) NOT NULL,
        ticket INT NOT NULL,
        ended VARCHAR(14) NOT NULL,
        order_id CHAR(14) NOT NULL,
        PRIMARY KEY (sale_id, ticket, ended)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      untilDone('DELETE FROM order_tickets'),
      untilDone(COPY),
      unlessHeld('ALTER TABLE ticket_returns ADD COLUMN held_by_others VARCHAR(255) NULL'),
      untilDone(COPY_HELD),
      untilDone(`ALTER TABLE orders
        DROP KEY orders_ticket,
        DROP COLUMN live,
        ADD COLUMN quantity TINYINT NOT NULL DEFAULT 1,
        ADD COLUMN more_tickets VARCHAR(255) NULL`),
    ],
  },
};
