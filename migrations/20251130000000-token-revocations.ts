import type { SchemaStep } from './schema-step.ts';

/**
 * Since when a user's tokens are accepted. The sum of all versions tells a front whether to read the rows again; the index
 * has all that it needs.
 */
export const tokenRevocations: SchemaStep = {
  name: 'Migration20251130000000',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS token_revocations (
        user_id TEXT NOT NULL PRIMARY KEY,
        not_before INTEGER NOT NULL,
        version INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        changed_by TEXT NOT NULL
      ) STRICT`,
      'CREATE INDEX IF NOT EXISTS token_revocations_version ON token_revocations (version)',
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS token_revocations (
        user_id VARBINARY(384) NOT NULL PRIMARY KEY,
        not_before BIGINT NOT NULL,
        version INT NOT NULL,
        changed_at BIGINT NOT NULL,
        changed_by VARBINARY(384) NOT NULL,
        KEY token_revocations_version (version)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
