/**
 * One partition, numbered 0; a record's position is its rowid. Nothing is ever deleted, so no position is used twice. For
 * that reason a retention must keep the last record; it may delete records before the positions of all groups.
 */
export const LOG_SCHEMA = `
CREATE TABLE log (
  position INTEGER PRIMARY KEY,
  payload TEXT NOT NULL
) STRICT;

CREATE TABLE log_group (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letter (
  reader TEXT NOT NULL,
  partition INTEGER NOT NULL,
  position INTEGER NOT NULL,
  reason TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (reader, partition, position)
) STRICT, WITHOUT ROWID;
`;

/** A dead letter that was replayed is kept as a record of what happened. */
export const LOG_REPLAYED = `
ALTER TABLE dead_letter ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
`;
