/**
 * One partition, numbered 0; a record's position is its rowid. Nothing is ever deleted, so positions are never used
 * twice. A retention must keep the last record for that reason, and may delete those before every group's position.
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

/** A letter that was replayed is kept for whoever asks what happened. */
export const LOG_REPLAYED = `
ALTER TABLE dead_letter ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
`;
