import { SCHEMA_STEPS } from '../../../migrations/index.ts';
import { retry } from '../../resilience/retry.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';

const TABLE = 'mikro_orm_migrations';

/** How long a process waits for the migration of another one. */
const LOCK_SECONDS = 60;

/** SQLite has no such lock. Its transactions exclude each other, but the migrator creates its own table outside of them. */
const SQLITE_RETRIES = { attempts: 20, baseMs: 10, capMs: 50 } as const;

/** A raw connection of the pool. A named lock belongs to the connection that took it. */
interface LockHolder {
  promise(): { query(sql: string): Promise<[{ readonly got: number | null }[], unknown]> };
}

/**
 * Runs the pending migrations; several processes may do so at once. Returns the names of those that
 * this call ran. Errors: Fault `unavailable`, `timeout`, `config`.
 */
export function migrate(database: SqlDatabase): Promise<readonly string[]> {
  return withSqlFaults(
    'migrating the database',
    async () => {
      if (!(await anyPending(database))) return [];
      if (database.dialect === 'mysql') return underLock(database, () => runPending(database));
      return retry(async () => ((await anyPending(database)) ? runPending(database) : []), SQLITE_RETRIES);
    },
    'starting',
  );
}

/** A query of its own, because loading the migrator takes longer than this one select. */
async function anyPending(database: SqlDatabase): Promise<boolean> {
  const tables = await database.rows(
    database.dialect === 'mysql'
      ? 'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?'
      : "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?",
    TABLE,
  );
  if (tables.length === 0) return true;
  const rows = await database.rows<{ readonly name: string }>(`SELECT name FROM ${TABLE}`);
  const done = new Set(rows.map(({ name }) => name));
  return SCHEMA_STEPS.some(({ name }) => !done.has(name));
}

/** Loads the migrator. */
async function runPending(database: SqlDatabase): Promise<readonly string[]> {
  const migrator = await import('./migrator.ts');
  return migrator.runPending(database, TABLE);
}

async function underLock<Result>(database: SqlDatabase, run: () => Promise<Result>): Promise<Result> {
  const { client } = database.orm.em.getKnex();
  const holder: LockHolder = await client.acquireConnection();
  // Lock names are global to the server, so this one contains the database; at most 64 characters.
  const name = "CONCAT('floodgate:', MD5(DATABASE()))";
  try {
    const [[answer]] = await holder.promise().query(`SELECT GET_LOCK(${name}, ${LOCK_SECONDS}) AS got`);
    if (answer?.got !== 1) throw new Error(`another process has been migrating for ${LOCK_SECONDS} s`);
    try {
      return await run();
    } finally {
      await holder.promise().query(`SELECT RELEASE_LOCK(${name}) AS got`);
    }
  } finally {
    client.releaseConnection(holder);
  }
}
