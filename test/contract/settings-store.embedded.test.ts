import { join } from 'node:path';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { createSqlSettingsStore } from '../../src/adapters/sql/settings-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { settingsStoreContract } from './settings-store.ts';

settingsStoreContract('embedded', async () => {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const database = await connectSql({ dialect: 'sqlite', file });
  const second = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  return {
    store: createSqlSettingsStore(database),
    other: createSqlSettingsStore(second),
    close: async () => {
      await second.close();
      await database.close();
      folder.remove();
    },
  };
});
