import { join } from 'node:path';
import { openEngine } from '../../../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderStore } from '../../../src/adapters/embedded/order-store.ts';
import { connectSql } from '../../../src/adapters/sql/connect.ts';
import { migrate } from '../../../src/adapters/sql/migrate.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { orderAuditSourceContract } from './suite.ts';

orderAuditSourceContract('the embedded order store', async () => {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const engine = await openEngine({ file, thread: false });
  const database = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  return {
    store: createEmbeddedOrderStore(engine, database),
    database,
    close: async () => {
      await engine.close();
      await database.close();
      folder.remove();
    },
  };
});
