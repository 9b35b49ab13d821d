import { join } from 'node:path';
import { createSqlCatalogue } from '../../src/adapters/sql/catalogue.ts';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { catalogueContract } from './catalogue.ts';

catalogueContract('embedded', async () => {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const database = await connectSql({ dialect: 'sqlite', file });
  const second = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  return {
    catalogue: createSqlCatalogue(database),
    other: createSqlCatalogue(second),
    close: async () => {
      await second.close();
      await database.close();
      folder.remove();
    },
  };
});
