import { describe } from 'vitest';
import { createMysqlOrderStore } from '../../src/adapters/mysql/order-store.ts';
import { migratedMysql, mysqlDatabase, TEST_MYSQL_URL } from '../support/mysql-database.ts';
import { orderStoreContract } from './order-store.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  orderStoreContract('mysql', async () => {
    const { url, drop } = await mysqlDatabase();
    const [database, second] = [await migratedMysql(url), await migratedMysql(url)];
    return {
      store: createMysqlOrderStore(database),
      other: createMysqlOrderStore(second),
      close: async () => {
        await Promise.all([database.close(), second.close()]);
        await drop();
      },
    };
  });
});
