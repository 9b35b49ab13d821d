import { describe } from 'vitest';
import { mysqlDatabase, TEST_MYSQL_URL } from '../support/mysql-database.ts';
import { migrateContract } from './migrate.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  migrateContract('mysql', async () => {
    const { url, drop } = await mysqlDatabase();
    return { options: { dialect: 'mysql', url, poolSize: 2 }, remove: drop };
  });
});
