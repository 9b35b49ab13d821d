import { describe } from 'vitest';
import { createSqlTokenRevocations } from '../../../src/adapters/sql/token-revocations.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { tokenRevocationsContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  tokenRevocationsContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return { store: createSqlTokenRevocations(database), other: createSqlTokenRevocations(second), close };
  });
});
