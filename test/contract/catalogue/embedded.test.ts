import { createSqlCatalogue } from '../../../src/adapters/sql/catalogue.ts';
import { sqlitePair } from '../../support/sql-pair.ts';
import { catalogueContract } from './suite.ts';

catalogueContract('embedded', async () => {
  const { database, second, close } = await sqlitePair();
  return { catalogue: createSqlCatalogue(database), other: createSqlCatalogue(second), close };
});
