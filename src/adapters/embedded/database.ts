import Database from 'libsql';
import { Fault, messageOf } from '../../domain/errors.ts';
import { migrateSchema } from './schema.ts';

export type SqlValue = string | number | null;

/** One connection. Each SQL text is prepared once and kept, so pass constants, never strings built per call. */
export interface Db {
  /** The first row, or undefined. The driver adds a `_metadata` property: pick columns, don't spread the row. */
  get<Row>(sql: string, ...params: readonly SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...params: readonly SqlValue[]): Row[];
  /** Returns the number of changed rows. */
  run(sql: string, ...params: readonly SqlValue[]): number;
}

export interface Connection extends Db {
  readonly inTransaction: boolean;
  close(): void;
}

/**
 * A commit that finds more pages (4 KiB) than this in the WAL does a checkpoint itself. 256 MiB is three times the size at
 * which checkpoints.ts does them, so this happens only if those fail.
 */
const WAL_PAGES = 65_536;

/** Only while opening, when another process may be creating the schema; later nothing may block the thread. */
const OPEN_BUSY_MS = 5_000;

/** Size of the page cache; SQLite takes a negative number for KiB. It fits the buyers' index of some 300,000 reservations. */
const CACHE_KIB = -32_768;

/** Opens the file and upgrades its schema. Errors: Fault `config` if the file cannot be used. */
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
    throw new Fault('config', `cannot use the database file ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Makes an empty file a database in WAL mode, for good. Where several connections open a new file at once, as the engine and
 * the order store do, this has to be done before: the switch takes a read lock, then an exclusive one, and if two have the
 * first, SQLite refuses one of them at once, whatever its busy timeout. Errors: those of SQLite.
 */
export function setWalMode(file: string): void {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = WAL');
  } finally {
    database.close();
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
    // Parameters are passed as one array: the driver takes a lone null for an object of named parameters.
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
