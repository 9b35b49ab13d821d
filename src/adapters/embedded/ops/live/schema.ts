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

/**
 * A sale that was rebuilt from the log up to an offset which the live view has not reached yet: until then it skips what
 * the sale's figures contain already. Usually empty.
 */
export const LIVE_REBUILT = `
CREATE TABLE live_rebuilt (
  partition INTEGER NOT NULL,
  sale TEXT NOT NULL,
  up_to INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (partition, sale)
) STRICT, WITHOUT ROWID;
`;
