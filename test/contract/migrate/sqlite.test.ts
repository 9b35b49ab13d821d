import { join } from 'node:path';
import { tempFolder } from '../../support/temp-folder.ts';
import { migrateContract } from './suite.ts';

migrateContract('sqlite', async () => {
  const folder = tempFolder();
  return {
    options: { dialect: 'sqlite', file: join(folder.path, 'floodgate.db') },
    remove: async () => folder.remove(),
  };
});
