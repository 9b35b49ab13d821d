import { join } from 'node:path';
import { openEngine } from '../../../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderStore } from '../../../src/adapters/embedded/order-store.ts';
import { connectSql } from '../../../src/adapters/sql/connect.ts';
import { migrate } from '../../../src/adapters/sql/migrate.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { orderStoreContract } from './suite.ts';
import { ticketKeyContract } from './ticket-key.ts';

async function open() {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const engines = [await openEngine({ file, thread: false }), await openEngine({ file, thread: false })] as const;
  const database = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  return {
    database,
    store: createEmbeddedOrderStore(engines[0], database),
    other: createEmbeddedOrderStore(engines[1], database),
    close: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
      await database.close();
      folder.remove();
    },
  };
}

orderStoreContract('embedded', open);
ticketKeyContract('embedded', open);
