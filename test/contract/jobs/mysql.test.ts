import { describe } from 'vitest';
import { createSqlJobs } from '../../../src/adapters/sql/jobs.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { jobsContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  jobsContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return { jobs: createSqlJobs(database), other: createSqlJobs(second), close };
  });
});
