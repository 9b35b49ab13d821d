import type { MikroORM, Options } from '@mikro-orm/core';
import type { AbstractSqlDriver, SqlEntityManager } from '@mikro-orm/libsql';
import { Fault } from '../../domain/errors.ts';
import { LogPositionEntity } from './log-position-entity.ts';
import { mysqlOptions } from './mysql-options.ts';
import { OrderEntity } from './order-entity.ts';
import { ProductEntity } from './product-entity.ts';
import { SaleEntity } from './sale-entity.ts';
import { sqliteOptions } from './sqlite-options.ts';

export type SqlOptions =
  | {
      readonly dialect: 'sqlite';
      /** The database file; its folder must exist. */
      readonly file: string;
    }
  | {
      readonly dialect: 'mysql';
      /** `mysql://user:password@host:port/database`; a query (`?ssl=…`) is what mysql2 understands. */
      readonly url: string;
      /** Connections at the most, 2 or more: a migration holds one while it uses another. */
      readonly poolSize: number;
    };

/** The SQL database behind the order store and the catalogue. */
export interface SqlDatabase {
  readonly dialect: 'sqlite' | 'mysql';
  readonly orm: MikroORM<AbstractSqlDriver>;
  /** A fresh one for each call: an entity manager remembers what it has read. */
  em(): SqlEntityManager;
  close(): Promise<void>;
}

const ENTITIES = [OrderEntity, LogPositionEntity, ProductEntity, SaleEntity];

const COMMON = {
  entities: ENTITIES,
  // The entities are all named above; looking around in the file system costs start-up time.
  discovery: { disableDynamicFileAccess: true },
  metadataCache: { enabled: false },
  // The connection's own logger writes to the console; faults reach our log through their callers.
  logger: () => undefined,
} satisfies Options;

/**
 * Sets up the ORM; a connection is made when one is needed, so the server may be away.
 * Errors: Fault `config` for an URL that is none.
 */
export async function connectSql(options: SqlOptions): Promise<SqlDatabase> {
  const orm = await ormOf(options);
  return {
    dialect: options.dialect,
    orm,
    em: () => orm.em.fork(),
    close: () => orm.close(),
  };
}

/** Only the driver that is used is loaded. */
async function ormOf(options: SqlOptions): Promise<MikroORM<AbstractSqlDriver>> {
  if (options.dialect === 'sqlite') {
    const { MikroORM } = await import('@mikro-orm/libsql');
    return MikroORM.initSync({ ...COMMON, ...sqliteOptions(options.file) });
  }
  if (!URL.canParse(options.url)) throw new Fault('config', 'the MySQL URL is no URL');
  const { MikroORM } = await import('@mikro-orm/mysql');
  return MikroORM.initSync({ ...COMMON, ...mysqlOptions(options.url, options.poolSize) });
}
