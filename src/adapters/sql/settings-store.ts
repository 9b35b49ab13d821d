import type { SettingOverrides } from '../../domain/live-settings.ts';
import type { SettingChange, SettingsStore } from '../../ports/settings-store.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { textOf } from './text-of.ts';

const NEWEST = 'SELECT version, overrides FROM settings_changes ORDER BY version DESC LIMIT 1';

const HISTORY =
  'SELECT version, changed_at, changed_by, changes FROM settings_changes WHERE version < ? ORDER BY version DESC LIMIT ?';

const INSERT =
  'INSERT INTO settings_changes (version, changed_at, changed_by, changes, overrides) VALUES (?, ?, ?, ?, ?)';

/** Above any version, which is an INT in MySQL. */
const NO_VERSION = 2 ** 31 - 1;

interface NewestRow {
  readonly version: number;
  readonly overrides: string;
}

interface HistoryRow {
  readonly version: number;
  readonly changed_at: number;
  readonly changed_by: string | Uint8Array;
  readonly changes: string;
}

/** The changed settings in either dialect. */
export function createSqlSettingsStore(database: SqlDatabase): SettingsStore {
  // Not a failing insert, because libsql leaves a failed statement in progress.
  const unlessTaken =
    database.dialect === 'mysql'
      ? 'ON DUPLICATE KEY UPDATE version = settings_changes.version'
      : 'ON CONFLICT DO NOTHING';

  return {
    read: () =>
      withSqlFaults('reading the settings', async () => {
        const [newest] = await database.rows<NewestRow>(NEWEST);
        if (newest === undefined) return { version: 0, overrides: {} };
        return { version: newest.version, overrides: JSON.parse(newest.overrides) as SettingOverrides };
      }),

    add: ({ version, at, by, changes }, overrides) =>
      withSqlFaults('changing the settings', async () => {
        const values = [version, at, by, JSON.stringify(changes), JSON.stringify(overrides)];
        return (await database.run(`${INSERT} ${unlessTaken}`, ...values)) === 1;
      }),

    history: ({ before = NO_VERSION, limit }) =>
      withSqlFaults('reading the history of the settings', async () => {
        const rows = await database.rows<HistoryRow>(HISTORY, before, limit);
        return rows.map((row) => ({
          version: row.version,
          at: row.changed_at,
          by: textOf(row.changed_by),
          changes: JSON.parse(row.changes) as SettingChange[],
        }));
      }),
  };
}
