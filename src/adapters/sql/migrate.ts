import { setTimeout as delay } from 'node:timers/promises';
import { SCHEMA_STEPS } from '../../../migrations/index.ts';
import type { SqlDatabase } from './connect.ts';
import { guarded } from './faults.ts';

const TABLE = 'mikro_orm_migrations';

/** How long one process waits for another one's migration. */
const LOCK_SECONDS = 60;

/** SQLite knows no such lock. Its transactions don't meet, but the migrator makes its own table outside of them. */
const SQLITE_ATTEMPTS = 20;
const SQLITE_PAUSE_MS = 50;

/** A raw connection of the pool. A named lock belongs to its connection. */
interface LockHolder {
  promise(): { query(sql: string): Promise<[{ readonly got: number | null }[], unknown]> };
}

/**
 * Runs the migrations that were not run yet; several processes may do so at once. Returns the names of those that
 * this call ran. Errors: Fault `unavailable`, `timeout`, `config`.
 */
export function migrate(database: SqlDatabase): Promise<readonly string[]> {
  return guarded(
    'migrating the database',
    async () => {
      if (!(await anyPending(database))) return [];
      return database.dialect === 'mysql' ? underLock(database, () => runPending(database)) : repeatedly(database);
    },
    'starting',
  );
}

/** Asked by itself, because loading the migrator costs a start more than this one select. */
async function anyPending(database: SqlDatabase): Promise<boolean> {
  const connection = database.orm.em.getConnection();
  const tables: unknown[] = await connection.execute(
    database.dialect === 'mysql'
      ? 'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?'
      : "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?",
    [TABLE],
  );
  if (tables.length === 0) return true;
  const rows: { readonly name: string }[] = await connection.execute(`SELECT name FROM ${TABLE}`);
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
  // A lock's name is the server's, so the database's own goes into it; 64 characters at the most.
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

async function repeatedly(database: SqlDatabase): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runPending(database);
    } catch (error) {
      if (attempt === SQLITE_ATTEMPTS) throw error;
      await delay(SQLITE_PAUSE_MS * Math.random());
      if (!(await anyPending(database))) return [];
    }
  }
}
