/** Deltas and the offset of the last one change in one transaction, so one offset per partition says what was applied. */
export const LIVE_SCHEMA = `
CREATE TABLE live_partition (
  partition INTEGER PRIMARY KEY,
  applied INTEGER NOT NULL
) STRICT;

CREATE TABLE live_sale (
  sale TEXT PRIMARY KEY,
  reserved INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE live_second (
  sale TEXT NOT NULL,
  second INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  PRIMARY KEY (sale, second)
) STRICT, WITHOUT ROWID;
`;
