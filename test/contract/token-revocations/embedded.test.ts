import { createSqlTokenRevocations } from '../../../src/adapters/sql/token-revocations.ts';
import { sqlitePair } from '../../support/sql-pair.ts';
import { tokenRevocationsContract } from './suite.ts';

tokenRevocationsContract('embedded', async () => {
  const { database, second, close } = await sqlitePair();
  return { store: createSqlTokenRevocations(database), other: createSqlTokenRevocations(second), close };
});
