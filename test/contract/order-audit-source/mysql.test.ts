import { describe } from 'vitest';
import { createMysqlOrderStore } from '../../../src/adapters/mysql/order-store.ts';
import { migratedMysql, mysqlDatabase, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { orderAuditSourceContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  orderAuditSourceContract('the order store on MySQL', async () => {
    const { url, drop } = await mysqlDatabase();
    const database = await migratedMysql(url);
    return {
      store: createMysqlOrderStore(database),
      database,
      close: async () => {
        await database.close();
        await drop();
      },
    };
  });
});
