import { join } from 'node:path';
import { openEngine } from '../../../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderStore } from '../../../src/adapters/embedded/order-store.ts';
import { connectSql } from '../../../src/adapters/sql/connect.ts';
import { createSqlJobs } from '../../../src/adapters/sql/jobs.ts';
import { migrate } from '../../../src/adapters/sql/migrate.ts';
import { sqlitePair } from '../../support/sql-pair.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { runningJobsContract } from './running.ts';
import { jobsContract } from './suite.ts';

jobsContract('embedded', async () => {
  const { database, second, close } = await sqlitePair();
  return { jobs: createSqlJobs(database), other: createSqlJobs(second), close };
});

runningJobsContract('embedded', async () => {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const engine = await openEngine({ file, thread: false });
  const database = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  // One process has the file; another scheduler in it may still be finishing its batch.
  const stores = { jobs: createSqlJobs(database), store: createEmbeddedOrderStore(engine, database) };
  return {
    processes: [stores, stores],
    close: async () => {
      await engine.close();
      await database.close();
      folder.remove();
    },
  };
});
