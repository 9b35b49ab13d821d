import { createSqlJobs } from '../../../src/adapters/sql/jobs.ts';
import { sqlitePair } from '../../support/sql-pair.ts';
import { jobsContract } from './suite.ts';

jobsContract('embedded', async () => {
  const { database, second, close } = await sqlitePair();
  return { jobs: createSqlJobs(database), other: createSqlJobs(second), close };
});
