import { describe } from 'vitest';
import { createMysqlOrderStore } from '../../../src/adapters/mysql/order-store.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { orderStoreContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  orderStoreContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return { store: createMysqlOrderStore(database), other: createMysqlOrderStore(second), close };
  });
});
