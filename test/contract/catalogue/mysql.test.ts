import { describe } from 'vitest';
import { createSqlCatalogue } from '../../../src/adapters/sql/catalogue.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { catalogueContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  catalogueContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return { catalogue: createSqlCatalogue(database), other: createSqlCatalogue(second), close };
  });
});
