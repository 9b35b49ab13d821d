import type { Leases } from '../../ports/leases.ts';
import type { SqlDatabase } from './connect.ts';
import { guarded } from './faults.ts';

export interface SqlLeasesOptions {
  /**
   * Milliseconds since 1970, for SQLite: whoever shares the file shares the machine and its clock. MySQL's own clock is
   * asked instead.
   */
  readonly now?: () => number;
}

/** UTC, because the local time that NOW() gives means two moments in the hour that a clock is set back. */
const MYSQL_NOW = `(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)`;

/** Leases in either dialect. Each statement is a transaction; the row decides, in the order in which they reach it. */
export function createSqlLeases(database: SqlDatabase, { now = Date.now }: SqlLeasesOptions = {}): Leases {
  const connection = database.orm.em.getConnection();
  const isMysql = database.dialect === 'mysql';
  const clock = isMysql ? () => MYSQL_NOW : () => String(now());
  const orNothing = isMysql ? 'ON DUPLICATE KEY UPDATE name = leases.name' : 'ON CONFLICT DO NOTHING';

  const write = async (sql: string, ...params: readonly (string | number)[]): Promise<number> =>
    (await connection.execute<{ affectedRows: number }>(sql, [...params], 'run')).affectedRows;

  const renew = (name: string, holder: string, ttlMs: number): Promise<number> =>
    write(
      `UPDATE leases SET holder = ?, held_until = ${clock()} + ? ` +
        `WHERE name = ? AND (holder = ? OR held_until <= ${clock()})`,
      holder,
      ttlMs,
      name,
      holder,
    );

  const insert = (name: string, holder: string, ttlMs: number): Promise<number> =>
    write(
      `INSERT INTO leases (name, holder, held_until) VALUES (?, ?, ${clock()} + ?) ${orNothing}`,
      name,
      holder,
      ttlMs,
    );

  const isHeldBy = async (name: string, holder: string): Promise<boolean> => {
    const sql = `SELECT 1 FROM leases WHERE name = ? AND holder = ? AND held_until > ${clock()}`;
    return (await connection.execute<unknown[]>(sql, [name, holder])).length > 0;
  };

  return {
    acquire: (name, holder, ttlMs) =>
      guarded('acquiring a lease', async () => {
        if ((await renew(name, holder, ttlMs)) > 0) return true;
        if ((await insert(name, holder, ttlMs)) > 0) return true;
        // MySQL counts rows that changed: a renewal within the same millisecond is none.
        return isHeldBy(name, holder);
      }),

    release: (name, holder) =>
      guarded('releasing a lease', async () => {
        await write('DELETE FROM leases WHERE name = ? AND holder = ?', name, holder);
      }),

    held: (prefix) =>
      guarded('reading leases', async () => {
        const sql = `SELECT name FROM leases WHERE held_until > ${clock()} ORDER BY name`;
        const rows: { readonly name: string }[] = await connection.execute(sql);
        // Here, because LIKE has signs of its own; there are no more than a thousand.
        return rows.map(({ name }) => name).filter((name) => name.startsWith(prefix));
      }),
  };
}
