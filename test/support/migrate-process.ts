import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SqlOptions } from '../../src/adapters/sql/connect.ts';

const DIST = new URL('../../dist/src/adapters/sql/', import.meta.url);

const SCRIPT = `
  const { connectSql } = await import(process.argv[1] + 'connect.js');
  const { migrate } = await import(process.argv[1] + 'migrate.js');
  const database = await connectSql(JSON.parse(process.argv[2]));
  const ran = await migrate(database);
  await database.close();
  console.log(JSON.stringify(ran));
`;

/** Migrates in another process, which runs the build. Resolves with the names of the migrations that it ran. */
export async function migrateInProcess(options: SqlOptions): Promise<readonly string[]> {
  const args = ['--input-type=module', '-e', SCRIPT, DIST.href, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}
