import type { SchemaStep } from './schema-step.ts';

/**
 * Drafts that admins deleted, and who did. Their versions, each one more than the last of the draft, count in the sum by which
 * processes notice that sales have changed, so that it only grows.
 */
export const removedSales: SchemaStep = {
  name: 'Migration20251201000100',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS removed_sales (
        sale_id TEXT NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL,
        removed_at INTEGER NOT NULL,
        removed_by TEXT NOT NULL
      ) STRICT`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS removed_sales (
        sale_id VARCHAR(64) NOT NULL PRIMARY KEY,
        version INT NOT NULL,
        removed_at BIGINT NOT NULL,
        removed_by VARBINARY(384) NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
