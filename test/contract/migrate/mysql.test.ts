import { describe, expect, test } from 'vitest';
import { SCHEMA_STEPS } from '../../../migrations/index.ts';
import { connectSql } from '../../../src/adapters/sql/connect.ts';
import { migrate } from '../../../src/adapters/sql/migrate.ts';
import { mysqlDatabase, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { CUTS, expectRows, runPart, storedBefore } from './stored-before.ts';
import { migrateContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  migrateContract('mysql', async () => {
    const { url, drop } = await mysqlDatabase();
    return { options: { dialect: 'mysql', url, poolSize: 2 }, remove: drop };
  });

  test.each(CUTS)('orders of several tickets: goes on after statement %i of the step', async (count) => {
    const { url, drop } = await mysqlDatabase();
    const { database, ...orders } = await storedBefore({ dialect: 'mysql', url, poolSize: 2 });
    try {
      await runPart(database, count);
      await migrate(database);
      await expectRows(database, orders);
    } finally {
      await database.close();
      await drop();
    }
  });

  test('one of several concurrent calls migrates, and the others wait for it', async () => {
    const { url, drop } = await mysqlDatabase();
    const databases = await Promise.all([1, 2, 3, 4].map(() => connectSql({ dialect: 'mysql', url, poolSize: 2 })));
    try {
      const ran = await Promise.all(databases.map(migrate));
      expect(ran.map((names) => names.length).toSorted()).toEqual([0, 0, 0, SCHEMA_STEPS.length]);
    } finally {
      await Promise.all(databases.map((database) => database.close()));
      await drop();
    }
  });
});
