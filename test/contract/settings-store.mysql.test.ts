import { describe } from 'vitest';
import { createSqlSettingsStore } from '../../src/adapters/sql/settings-store.ts';
import { migratedMysql, mysqlDatabase, TEST_MYSQL_URL } from '../support/mysql-database.ts';
import { settingsStoreContract } from './settings-store.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  settingsStoreContract('mysql', async () => {
    const { url, drop } = await mysqlDatabase();
    const database = await migratedMysql(url);
    const second = await migratedMysql(url);
    return {
      store: createSqlSettingsStore(database),
      other: createSqlSettingsStore(second),
      close: async () => {
        await second.close();
        await database.close();
        await drop();
      },
    };
  });
});
