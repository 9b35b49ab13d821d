import type { TokenRevocations } from '../../ports/token-revocations.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { textOf } from './text-of.ts';

const INSERT =
  'INSERT INTO token_revocations (user_id, not_before, version, changed_at, changed_by) VALUES (?, ?, 1, ?, ?) ';

/** Each needs the time, the time of the change and its author once more. */
const RAISE = {
  sqlite:
    'ON CONFLICT (user_id) DO UPDATE SET not_before = MAX(not_before, ?), version = version + 1, changed_at = ?, changed_by = ?',
  mysql:
    'ON DUPLICATE KEY UPDATE not_before = GREATEST(not_before, ?), version = version + 1, changed_at = ?, changed_by = ?',
} as const satisfies Record<SqlDatabase['dialect'], string>;

const NOT_BEFORE = 'SELECT not_before FROM token_revocations WHERE user_id = ?';

/** Rows are never removed, a new one has version 1, and each change raises it by one. */
const REVISION = 'SELECT SUM(version) AS revision FROM token_revocations';

const LIST = 'SELECT user_id, not_before FROM token_revocations WHERE user_id > ? ORDER BY user_id LIMIT ?';

interface RevocationRow {
  readonly user_id: string | Uint8Array;
  readonly not_before: number;
}

/** The revoked tokens in either dialect. */
export function createSqlTokenRevocations(database: SqlDatabase): TokenRevocations {
  return {
    revoke: ({ userId, notBefore, at, by }) =>
      withSqlFaults('revoking tokens', async () => {
        const change = [notBefore, at, by];
        await database.run(INSERT + RAISE[database.dialect], userId, ...change, ...change);
        const [row] = await database.rows<Pick<RevocationRow, 'not_before'>>(NOT_BEFORE, userId);
        return row?.not_before ?? notBefore;
      }),

    revision: () =>
      withSqlFaults('reading the revision of revoked tokens', async () => {
        const [row] = await database.rows<{ readonly revision: number | string | null }>(REVISION);
        return Number(row?.revision ?? 0);
      }),

    list: ({ after, limit }) =>
      withSqlFaults('reading revoked tokens', async () => {
        const rows = await database.rows<RevocationRow>(LIST, after, limit);
        return rows.map((row) => ({ userId: textOf(row.user_id), notBefore: row.not_before }));
      }),
  };
}
