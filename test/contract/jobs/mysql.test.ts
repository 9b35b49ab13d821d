import { describe } from 'vitest';
import { createMysqlOrderStore } from '../../../src/adapters/mysql/order-store.ts';
import { createSqlJobs } from '../../../src/adapters/sql/jobs.ts';
import { mysqlPair, TEST_MYSQL_URL } from '../../support/mysql-database.ts';
import { runningJobsContract } from './running.ts';
import { jobsContract } from './suite.ts';

describe.skipIf(TEST_MYSQL_URL === undefined)('with TEST_MYSQL_URL', () => {
  jobsContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    return { jobs: createSqlJobs(database), other: createSqlJobs(second), close };
  });

  runningJobsContract('mysql', async () => {
    const { database, second, close } = await mysqlPair();
    const storesOf = (one: typeof database) => ({ jobs: createSqlJobs(one), store: createMysqlOrderStore(one) });
    return { processes: [storesOf(database), storesOf(second)], close };
  });
});
