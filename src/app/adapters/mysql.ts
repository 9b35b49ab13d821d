import { connectSql } from '../../adapters/sql/connect.ts';
import type { Config } from '../../config.ts';
import type { Opened, SqlPorts } from './opened.ts';

/** Connects when first used. The schema is `floodgate migrate`'s, which runs once a release, not once a process. */
export async function openMysql({ url, poolSize }: NonNullable<Config['mysql']>): Promise<Opened<SqlPorts>> {
  const { createMysqlOrderStore } = await import('../../adapters/mysql/order-store.ts');
  const database = await connectSql({ dialect: 'mysql', url, poolSize });
  return { port: { database, store: createMysqlOrderStore(database) }, close: () => database.close() };
}
