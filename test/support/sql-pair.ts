import { join } from 'node:path';
import { connectSql, type SqlDatabase } from '../../src/adapters/sql/connect.ts';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { tempFolder } from './temp-folder.ts';

/** A new, migrated database and two connections to it, as two processes have. */
export interface SqlPair {
  readonly database: SqlDatabase;
  readonly second: SqlDatabase;
  /** Closes both and removes the database. */
  readonly close: () => Promise<void>;
}

export async function sqlitePair(): Promise<SqlPair> {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const database = await connectSql({ dialect: 'sqlite', file });
  const second = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  return {
    database,
    second,
    close: async () => {
      await Promise.all([database.close(), second.close()]);
      folder.remove();
    },
  };
}
