import type { Leases } from '../../ports/leases.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';

export interface SqlLeasesOptions {
  /**
   * Milliseconds since 1970, for SQLite: all processes that use the file run on one machine and share its clock. On MySQL
   * the server's clock is used.
   */
  readonly now?: () => number;
}

/** UTC, because the local time of NOW() is ambiguous in the hour after clocks are set back. */
const MYSQL_NOW = `(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)`;

/**
 * Either clock is read when a statement begins: one that waits for the row (LOCK_WAIT_SECONDS at most) finds a lease that was
 * granted meanwhile, and that ends later than its time from then.
 */
const SLACK_MS = 10_000;

/** Leases in either dialect. Each statement is a transaction of its own: the first one to lock the row gets the lease. */
export function createSqlLeases(database: SqlDatabase, { now = Date.now }: SqlLeasesOptions = {}): Leases {
  const isMysql = database.dialect === 'mysql';
  const clock = isMysql ? () => MYSQL_NOW : () => String(now());
  const orNothing = isMysql ? 'ON DUPLICATE KEY UPDATE name = leases.name' : 'ON CONFLICT DO NOTHING';

  /** Its parameter is the lease's `ttlMs`. */
  const valid = (): string => `(held_until > ${clock()} AND held_until <= ${clock()} + ? + ${SLACK_MS})`;

  const renew = (name: string, holder: string, ttlMs: number): Promise<number> =>
    database.run(
      `UPDATE leases SET holder = ?, held_until = ${clock()} + ? ` +
        `WHERE name = ? AND (holder = ? OR NOT ${valid()})`,
      holder,
      ttlMs,
      name,
      holder,
      ttlMs,
    );

  const insert = (name: string, holder: string, ttlMs: number): Promise<number> =>
    database.run(
      `INSERT INTO leases (name, holder, held_until) VALUES (?, ?, ${clock()} + ?) ${orNothing}`,
      name,
      holder,
      ttlMs,
    );

  const isHeldBy = async (name: string, holder: string, ttlMs: number): Promise<boolean> => {
    const sql = `SELECT 1 FROM leases WHERE name = ? AND holder = ? AND ${valid()}`;
    return (await database.rows(sql, name, holder, ttlMs)).length > 0;
  };

  return {
    acquire: (name, holder, ttlMs) =>
      withSqlFaults('acquiring a lease', async () => {
        if ((await renew(name, holder, ttlMs)) > 0) return true;
        if ((await insert(name, holder, ttlMs)) > 0) return true;
        // MySQL counts changed rows only: a renewal within the same millisecond changes none.
        return isHeldBy(name, holder, ttlMs);
      }),

    release: (name, holder) =>
      withSqlFaults('releasing a lease', async () => {
        await database.run('DELETE FROM leases WHERE name = ? AND holder = ?', name, holder);
      }),

    held: (prefix, ttlMs) =>
      withSqlFaults('reading leases', async () => {
        const sql = `SELECT name FROM leases WHERE ${valid()} ORDER BY name`;
        const rows = await database.rows<{ readonly name: string }>(sql, ttlMs);
        // Filtered here, because LIKE has wildcards of its own; there are at most a thousand rows.
        return rows.map(({ name }) => name).filter((name) => name.startsWith(prefix));
      }),
  };
}
