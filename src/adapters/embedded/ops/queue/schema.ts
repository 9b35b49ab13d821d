import { ownKey } from '../../../../domain/purchase.ts';

/**
 * No row for a free ticket. `queue_sale.fresh` is the next ticket that was never sold; tickets that came back wait in
 * `queue_returned` at the places `head` (included) to `tail` (excluded) and are sold after the fresh ones: the same
 * order as in a list that is popped at its head and pushed at its tail.
 *
 * `queue_reservation` is clustered by order id, which grows with time, so inserts touch few pages; a released one stays
 * with held = 0, because its key stays answered. `queue_buyer` answers both for a key and for what a buyer holds without
 * reading what was released. `queue_ticket` is the guard that no ticket is held twice; it grows at its end, too.
 *
 * `key` is NULL where the purchase had none of its own making and goes by its order's (`ownKey` in domain/purchase.ts):
 * that says nothing new, and would be a third of each entry of `queue_buyer`.
 *
 * `queue_pending` has one row for each reserve call that is not published: a JSON array of its order ids, and since when
 * it waits (milliseconds since 1970). A reservation's `batch` names its row; when the row is gone, or does not list the
 * order, the order is published.
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
 * How often each buyer has tried in a minute (since 1970) of a sale. By the minute first, so that those of minutes that
 * are over stand together and go first.
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

/** A table's columns can't lose NOT NULL: it is made anew. */
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

/** A reservation's key, whatever the column has. */
export const KEY = `coalesce(r.key, '${ownKey('')}' || r.order_id) AS key`;
