import Database from 'libsql';
import { Fault, messageOf } from '../../domain/errors.ts';
import { migrateSchema } from './schema.ts';

export type SqlValue = string | number | null;

/** One connection. Statements are prepared once for each SQL text, so pass constants, never built strings. */
export interface Db {
  /** The first row, or undefined. The driver adds a `_metadata` property: pick columns, don't spread the row. */
  get<Row>(sql: string, ...params: readonly SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...params: readonly SqlValue[]): Row[];
  /** Returns the number of rows that changed. */
  run(sql: string, ...params: readonly SqlValue[]): number;
}

export interface Connection extends Db {
  readonly inTransaction: boolean;
  close(): void;
}

/**
 * A commit that finds more pages (4 KiB) than this in the WAL pays for a checkpoint itself: 256 MiB, three times what
 * checkpoints.ts lets come together, so only when those can't be done.
 */
const WAL_PAGES = 65_536;

/** Only while opening, where another process may be creating the schema; afterwards nothing may block the thread. */
const OPEN_BUSY_MS = 5_000;

/** The page cache, as SQLite wants it: negative KiB. It holds the buyers' index of some 300,000 reservations. */
const CACHE_KIB = -32_768;

/** Opens the file and brings its schema up to date. Errors: Fault `config` when the file can't be used. */
export function connect(file: string): Connection {
  try {
    const database = new Database(file);
    try {
      prepareFile(database);
    } catch (error) {
      database.close();
      throw error;
    }
    return wrap(database);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('config', `can't use the database file ${file}: ${messageOf(error)}`, { cause: error });
  }
}

function prepareFile(database: Database.Database): void {
  database.pragma(`busy_timeout = ${OPEN_BUSY_MS}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
  database.pragma(`cache_size = ${CACHE_KIB}`);
  migrateSchema(database);
  database.pragma('busy_timeout = 0');
}

function wrap(database: Database.Database): Connection {
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    // Parameters go as one array: the driver takes a lone null for a bag of named parameters.
    get: <Row>(sql: string, ...params: readonly SqlValue[]) => prepared(sql).get(params) as Row | undefined,
    all: <Row>(sql: string, ...params: readonly SqlValue[]) => prepared(sql).all(params) as Row[],
    run: (sql, ...params) => prepared(sql).run(params).changes,
    get inTransaction() {
      return database.inTransaction;
    },
    close: () => {
      database.close();
    },
  };
}
