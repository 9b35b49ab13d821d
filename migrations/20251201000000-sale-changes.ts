import type { SchemaStep } from './schema-step.ts';

/**
 * What admins did to sales: the row of a version is written in the transaction that makes that version. `changes` is a JSON
 * array of name, old and new value. `request_key` is the Idempotency-Key of the request, where it matters.
 */
export const saleChanges: SchemaStep = {
  name: 'Migration20251201000000',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS sale_changes (
        sale_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        changed_by TEXT NOT NULL,
        action TEXT NOT NULL,
        changes TEXT NOT NULL,
        request_key TEXT,
        PRIMARY KEY (sale_id, version)
      ) STRICT, WITHOUT ROWID`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS sale_changes (
        sale_id VARCHAR(64) NOT NULL,
        version INT NOT NULL,
        changed_at BIGINT NOT NULL,
        changed_by VARBINARY(384) NOT NULL,
        action VARCHAR(20) NOT NULL,
        changes MEDIUMTEXT NOT NULL,
        request_key VARBINARY(765) NULL,
        PRIMARY KEY (sale_id, version)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
