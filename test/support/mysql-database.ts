import { randomBytes } from 'node:crypto';
import type { SqlDatabase } from '../../src/adapters/sql/connect.ts';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import type { SqlPair } from './sql-pair.ts';

export const TEST_MYSQL_URL = process.env.TEST_MYSQL_URL;

if (TEST_MYSQL_URL === undefined) {
  console.warn(
    'SKIPPED: the tests on MySQL need a server: set TEST_MYSQL_URL (mysql://user:password@host:port/database)',
  );
}

export interface MysqlDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Creates an empty database on the test server. */
export async function mysqlDatabase(server = TEST_MYSQL_URL): Promise<MysqlDatabase> {
  if (server === undefined) throw new Error('TEST_MYSQL_URL is not set');
  const name = `floodgate_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const run = async (sql: string): Promise<void> => {
    const connected = await connectSql({ dialect: 'mysql', url: server, poolSize: 2 });
    try {
      await connected.em().getConnection().execute(sql);
    } finally {
      await connected.close();
    }
  };
  await run(`CREATE DATABASE ${name}`);
  return { url: url.href, drop: () => run(`DROP DATABASE ${name}`) };
}

/** Connects, and runs pending migrations. */
export async function migratedMysql(url: string): Promise<SqlDatabase> {
  const database = await connectSql({ dialect: 'mysql', url, poolSize: 8 });
  await migrate(database);
  return database;
}

export async function mysqlPair(): Promise<SqlPair> {
  const { url, drop } = await mysqlDatabase();
  const [database, second] = [await migratedMysql(url), await migratedMysql(url)];
  return {
    database,
    second,
    close: async () => {
      await Promise.all([database.close(), second.close()]);
      await drop();
    },
  };
}
