import { createSqlNodeMarks } from '../../../src/adapters/sql/node-marks.ts';
import { sqlitePair } from '../../support/sql-pair.ts';
import { nodeMarksContract } from './suite.ts';

nodeMarksContract('embedded', async () => {
  const { database, second, close } = await sqlitePair();
  return { marks: createSqlNodeMarks(database), other: createSqlNodeMarks(second), close };
});
