import { describe } from 'vitest';
import { createSqlCatalogue } from '../../src/adapters/sql/catalogue.ts';
import { migratedMysql, mysqlDatabase, TEST_MYSQL_URL } from '../support/mysql-database.ts';
import { catalogueContract } from './catalogue.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  catalogueContract('mysql', async () => {
    const { url, drop } = await mysqlDatabase();
    const database = await migratedMysql(url);
    const second = await migratedMysql(url);
    return {
      catalogue: createSqlCatalogue(database),
      other: createSqlCatalogue(second),
      close: async () => {
        await second.close();
        await database.close();
        await drop();
      },
    };
  });
});
