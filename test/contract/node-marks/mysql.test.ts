import { describe } from 'vitest';
import { createSqlNodeMarks } from '../../../src/adapters/sql/node-marks.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { nodeMarksContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  nodeMarksContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return { marks: createSqlNodeMarks(database), other: createSqlNodeMarks(second), close };
  });
});
