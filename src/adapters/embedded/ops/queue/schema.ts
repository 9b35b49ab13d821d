import { ownKey } from '../../../../domain/purchase.ts';

/**
 * A free ticket has no row. `queue_sale.fresh` is the next ticket that was never sold. Returned tickets are in
 * `queue_returned` at the places `head` (included) to `tail` (excluded) and are sold after the fresh ones: the same order as
 * in a list that is popped at its head and pushed at its tail.
 *
 * `queue_reservation` is clustered by order id, which grows with time, so inserts touch few pages. A released reservation
 * stays with held = 0, because its key stays answered. `queue_buyer` finds a key, and what a buyer holds, without reading
 * released reservations. `queue_ticket` ensures that no ticket is held twice; it, too, grows at its end. What a later step has
 * added for orders of several tickets is at {@link QUEUE_SEVERAL}.
 *
 * `key` is NULL if the purchase came without an Idempotency-Key: its key is then derived from the order id (`ownKey` in
 * domain/purchase.ts), and would only make each entry of `queue_buyer` a third longer.
 *
 * `queue_pending` has one row for each reserve call that is not published: a JSON array of its order ids, and since when
 * it waits (milliseconds since 1970). A reservation's `batch` is the number of its row. If the row does not exist, or does
 * not list the order, the order is published.
 */
export const QUEUE_SCHEMA = `
CREATE TABLE queue_sale (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL,
  total INTEGER NOT NULL,
  per_buyer INTEGER NOT NULL,
  opens_at INTEGER NOT NULL,
  closes_at INTEGER NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0,
  fresh INTEGER NOT NULL DEFAULT 1,
  head INTEGER NOT NULL DEFAULT 0,
  tail INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE queue_returned (
  sale INTEGER NOT NULL,
  place INTEGER NOT NULL,
  ticket INTEGER NOT NULL,
  PRIMARY KEY (sale, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_reservation (
  sale INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  ticket INTEGER NOT NULL,
  buyer TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  reserved_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  held INTEGER NOT NULL DEFAULT 1,
  batch INTEGER NOT NULL,
  PRIMARY KEY (sale, order_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX queue_buyer ON queue_reservation (sale, buyer, held, key);
CREATE UNIQUE INDEX queue_ticket ON queue_reservation (sale, ticket) WHERE held = 1;

CREATE TABLE queue_pending (
  batch INTEGER PRIMARY KEY,
  sale INTEGER NOT NULL,
  since INTEGER NOT NULL,
  orders TEXT NOT NULL
) STRICT;
`;

/**
 * How many attempts each buyer has made in a minute (since 1970) of a sale. Clustered by minute first, so that those of
 * earlier minutes are adjacent and are deleted first.
 */
export const QUEUE_ATTEMPTS = `
CREATE TABLE queue_attempt (
  minute INTEGER NOT NULL,
  sale INTEGER NOT NULL,
  buyer TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (minute, sale, buyer)
) STRICT, WITHOUT ROWID;
`;

/**
 * How many tickets each buyer holds, in sales whose limit is so high that those could be many; see `holdings.ts`. In other
 * sales they are counted in the index of the buyers.
 */
export const QUEUE_HOLDINGS = `
CREATE TABLE queue_holding (
  sale INTEGER NOT NULL,
  buyer TEXT NOT NULL,
  held INTEGER NOT NULL,
  PRIMARY KEY (sale, buyer)
) STRICT, WITHOUT ROWID;
INSERT INTO queue_holding
  SELECT r.sale, r.buyer, count(*) FROM queue_reservation AS r JOIN queue_sale AS s ON s.n = r.sale
  WHERE r.held = 1 AND s.per_buyer > 20 GROUP BY r.sale, r.buyer;
`;

/** SQLite cannot drop NOT NULL from a column: the table is created again. */
export const QUEUE_OWN_KEYS = `
ALTER TABLE queue_reservation RENAME TO queue_reservation_before;
DROP INDEX queue_buyer;
DROP INDEX queue_ticket;
CREATE TABLE queue_reservation (
  sale INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  ticket INTEGER NOT NULL,
  buyer TEXT NOT NULL,
  key TEXT,
  fingerprint TEXT NOT NULL,
  reserved_at INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  held INTEGER NOT NULL DEFAULT 1,
  batch INTEGER NOT NULL,
  PRIMARY KEY (sale, order_id)
) STRICT, WITHOUT ROWID;
INSERT INTO queue_reservation
  SELECT sale, order_id, ticket, buyer, nullif(key, 'o:' || order_id), fingerprint, reserved_at, epoch, held, batch
  FROM queue_reservation_before;
CREATE UNIQUE INDEX queue_buyer ON queue_reservation (sale, buyer, held, key);
CREATE UNIQUE INDEX queue_ticket ON queue_reservation (sale, ticket) WHERE held = 1;
DROP TABLE queue_reservation_before;
`;

/** What admins have changed: see `update` in sale.ts. `added`: tickets that the sale did not have when it was loaded. */
export const QUEUE_CHANGES = `
ALTER TABLE queue_sale ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue_sale ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue_sale ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
`;

/**
 * Orders of several tickets. `ticket` is the lowest one, `more` a JSON array of the others, and NULL for one ticket. `held`
 * is the number of tickets that a reservation holds, which `queue_buyer` so has at no cost; 0 for a released one, and
 * {@link FORFEITED} for one that lost a ticket to another order.
 *
 * `queue_several` has all tickets that such orders hold, each once; `queue_ticket` has those of orders of one ticket, as
 * before: with held = 1 as its condition it answers without the table. That no ticket is in both is checked in
 * insert-several.ts.
 *
 * `several` and `forfeits` of a sale are 1 from its first order of several tickets, and its first forfeit, on: until then,
 * as in most sales, nothing is looked up on their account.
 */
export const QUEUE_SEVERAL = `
ALTER TABLE queue_sale ADD COLUMN several INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue_sale ADD COLUMN forfeits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queue_reservation ADD COLUMN more TEXT;
CREATE TABLE queue_several (
  sale INTEGER NOT NULL,
  ticket INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  PRIMARY KEY (sale, ticket)
) STRICT, WITHOUT ROWID;
`;

/**
 * `removed` is 0 for a sale that the queue knows, 1 while the rows of a removed sale are being deleted, and 2 once they are.
 * The sale's own row stays: its number is not used again, and it is not loaded again.
 */
export const QUEUE_REMOVED = `
ALTER TABLE queue_sale ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
`;

/** The value of `held` for a forfeited reservation: it holds nothing, and is not one of the buyer's that have ended. */
export const FORFEITED = -1;

/** A reservation's key, also where the column is NULL. */
export const KEY = `coalesce(r.key, '${ownKey('')}' || r.order_id) AS key`;
