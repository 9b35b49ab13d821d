import { connectSql } from '../../adapters/sql/connect.ts';
import { migrate } from '../../adapters/sql/migrate.ts';
import type { Config } from '../../config.ts';
import { databaseFile } from '../adapters/embedded.ts';

/** Migrates the order store's database; returns the names of the migrations that were run. */
export async function migrateStore({ mysql, dataDir }: Config): Promise<readonly string[]> {
  const database = await connectSql(
    mysql === undefined ? { dialect: 'sqlite', file: await databaseFile(dataDir) } : { dialect: 'mysql', ...mysql },
  );
  try {
    return await migrate(database);
  } finally {
    await database.close();
  }
}
