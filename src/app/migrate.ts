import type { Config } from '../config.ts';
import { openDatabase } from './ports.ts';

/** Brings the order store's database up to date; returns the names of the migrations that were run. */
export async function migrateStore(config: Config): Promise<readonly string[]> {
  const { applied, database } = await openDatabase(config);
  await database.close();
  return applied;
}
