import type { MikroORM, Options } from '@mikro-orm/core';
import type { AbstractSqlDriver, SqlEntityManager } from '@mikro-orm/libsql';
import { LogPositionEntity } from './log-position-entity.ts';
import { mysqlOptions } from './mysql-options.ts';
import { OrderEntity } from './order-entity.ts';
import { ProductEntity } from './product-entity.ts';
import { type RunThen, runThenOn } from './run-then.ts';
import { SaleEntity } from './sale-entity.ts';
import { sqliteOptions } from './sqlite-options.ts';
import { createSqliteReader } from './sqlite-reader.ts';

export type SqlOptions =
  | {
      readonly dialect: 'sqlite';
      /** The database file; its folder must exist. */
      readonly file: string;
      /** The built sqlite-reader-thread.js, for `slowRows`. @default they are read in the caller's thread */
      readonly readerThread?: URL;
    }
  | {
      readonly dialect: 'mysql';
      /** `mysql://user:password@host:port/database`; TLS by its query: see mysql-url.ts. */
      readonly url: string;
      /** Maximum number of connections, 2 or more: a migration holds one while it uses another. */
      readonly poolSize: number;
    };

/** A value of a statement. */
export type SqlParameter = string | number;

/** The SQL database of the order store, the catalogue, leases and settings. */
export interface SqlDatabase {
  readonly dialect: 'sqlite' | 'mysql';
  readonly orm: MikroORM<AbstractSqlDriver>;
  /** A new one for each call: an entity manager caches what it has read. */
  em(): SqlEntityManager;
  /** Runs a query past the ORM, with a parameter for each `?`. */
  rows<Row>(sql: string, ...params: readonly SqlParameter[]): Promise<Row[]>;
  /** As `rows`, for a query that reads much of a sale: it keeps this thread free for others. */
  slowRows<Row>(sql: string, ...params: readonly SqlParameter[]): Promise<Row[]>;
  /** Runs a statement past the ORM, with a parameter for each `?`; returns the number of affected rows. */
  run(sql: string, ...params: readonly SqlParameter[]): Promise<number>;
  readonly runThen: RunThen;
  close(): Promise<void>;
}

const ENTITIES = [OrderEntity, LogPositionEntity, ProductEntity, SaleEntity];

const COMMON = {
  entities: ENTITIES,
  // All entities are listed above; searching the file system for them would cost start-up time.
  discovery: { disableDynamicFileAccess: true },
  metadataCache: { enabled: false },
  // The ORM's logger writes to the console; faults reach our log through the callers.
  logger: () => undefined,
} satisfies Options;

/**
 * Sets up the ORM. Connections are opened on demand, so the server may be unavailable.
 * Errors: Fault `config` for an invalid URL, or one with parameters that can't be honoured.
 */
export async function connectSql(options: SqlOptions): Promise<SqlDatabase> {
  const orm = await ormOf(options);
  const rows: SqlDatabase['rows'] = (sql, ...params) => orm.em.getConnection().execute(sql, [...params]);
  const reader =
    options.dialect === 'sqlite' && options.readerThread !== undefined
      ? createSqliteReader(options.file, options.readerThread)
      : undefined;
  return {
    dialect: options.dialect,
    orm,
    em: () => orm.em.fork(),
    rows,
    slowRows: reader?.rows ?? rows,
    run: async (sql, ...params) => {
      const result = await orm.em.getConnection().execute<{ affectedRows: number }>(sql, [...params], 'run');
      return result.affectedRows;
    },
    runThen: runThenOn(options.dialect, orm),
    close: async () => {
      await reader?.close();
      await orm.close();
    },
  };
}

/** Loads only the driver that is used. */
async function ormOf(options: SqlOptions): Promise<MikroORM<AbstractSqlDriver>> {
  if (options.dialect === 'sqlite') {
    const { MikroORM } = await import('@mikro-orm/libsql');
    return MikroORM.initSync({ ...COMMON, ...sqliteOptions(options.file) });
  }
  const { MikroORM } = await import('@mikro-orm/mysql');
  return MikroORM.initSync({ ...COMMON, ...mysqlOptions(options.url, options.poolSize) });
}
