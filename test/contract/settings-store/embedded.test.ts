import { createSqlSettingsStore } from '../../../src/adapters/sql/settings-store.ts';
import { sqlitePair } from '../../support/sql-pair.ts';
import { settingsStoreContract } from './suite.ts';

settingsStoreContract('embedded', async () => {
  const { database, second, close } = await sqlitePair();
  return { store: createSqlSettingsStore(database), other: createSqlSettingsStore(second), close };
});
