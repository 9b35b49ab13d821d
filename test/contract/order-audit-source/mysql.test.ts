import { describe } from 'vitest';
import { createMysqlOrderStore } from '../../../src/adapters/mysql/order-store.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { orderAuditSourceContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  orderAuditSourceContract('the order store on MySQL', async () => {
    const { database, close } = await mysqlPair();
    return { store: createMysqlOrderStore(database), database, close };
  });
});
