import type { SchemaStep } from './schema-step.ts';

/**
 * What admins changed in the settings. The row of the highest version is in force: `overrides` has, as a JSON object,
 * all settings that differ from their defaults, and `changes` what this change was, as a JSON array. That the audit trail
 * and the settings are one row makes each change whole; that the version is the key lets only one be made from another.
 */
export const settings: SchemaStep = {
  name: 'Migration20251121000400',
  statements: {
    sqlite: [
      `CREATE TABLE IF NOT EXISTS settings_changes (
        version INTEGER NOT NULL PRIMARY KEY,
        changed_at INTEGER NOT NULL,
        changed_by TEXT NOT NULL,
        changes TEXT NOT NULL,
        overrides TEXT NOT NULL
      ) STRICT`,
    ],
    mysql: [
      `CREATE TABLE IF NOT EXISTS settings_changes (
        version INT NOT NULL PRIMARY KEY,
        changed_at BIGINT NOT NULL,
        changed_by VARBINARY(384) NOT NULL,
        changes TEXT NOT NULL,
        overrides TEXT NOT NULL
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    ],
  },
};
