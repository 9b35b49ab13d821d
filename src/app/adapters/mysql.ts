import { connectSql } from '../../adapters/sql/connect.ts';
import type { Config } from '../../config.ts';
import type { Opened, SqlPorts } from './opened.ts';

/**
 * Connects on first use. The schema is managed by `floodgate migrate`, which runs once per release, not once per
 * process.
 */
export async function openMysql({ url, poolSize }: NonNullable<Config['mysql']>): Promise<Opened<SqlPorts>> {
  const { createMysqlOrderStore } = await import('../../adapters/mysql/order-store.ts');
  const database = await connectSql({ dialect: 'mysql', url, poolSize });
  return { port: { database, store: createMysqlOrderStore(database) }, close: () => database.close() };
}
