import { describe } from 'vitest';
import { createSqlSettingsStore } from '../../../src/adapters/sql/settings-store.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { settingsStoreContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  settingsStoreContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return { store: createSqlSettingsStore(database), other: createSqlSettingsStore(second), close };
  });
});
