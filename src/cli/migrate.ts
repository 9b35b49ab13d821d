import { parseArgs } from 'node:util';
import { migrateStore } from '../app/commands/migrate.ts';
import { loadConfig } from '../config.ts';

export async function migrate(args: readonly string[]): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  const applied = await migrateStore(loadConfig());
  for (const name of applied) process.stdout.write(`applied ${name}\n`);
  process.stdout.write(applied.length === 0 ? 'the database is up to date\n' : '');
  return 0;
}
