import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { connectSql } from '../../../src/adapters/sql/connect.ts';
import { createSqlLeases } from '../../../src/adapters/sql/leases.ts';
import { migrate } from '../../../src/adapters/sql/migrate.ts';
import { ManualClock } from '../../support/fakes/manual-clock.ts';
import { sqlitePair } from '../../support/sql-pair.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { leasesContract } from './suite.ts';

leasesContract('embedded', async () => {
  const { database, second, close } = await sqlitePair();
  const clock = new ManualClock();
  return {
    leases: createSqlLeases(database, { now: clock.now }),
    other: createSqlLeases(second, { now: clock.now }),
    pass: async (ms) => clock.advance(ms),
    close,
  };
});

/** Writes as the engine's thread does, for longer than any commit takes; its first message says that it has begun. */
const WRITER = `
const { parentPort, workerData: { libsql, file } } = require('node:worker_threads');
const Database = require(libsql);
const database = new Database(file);
database.exec('BEGIN IMMEDIATE');
parentPort.postMessage('writing');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
database.exec('COMMIT');
database.close();
`;

test('acquiring a lease waits for another writer of the file', async () => {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const database = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  const libsql = new URL('../../../node_modules/libsql', import.meta.url).pathname;
  const writer = new Worker(WRITER, { eval: true, workerData: { libsql, file } });
  const ended = once(writer, 'exit');
  await once(writer, 'message');
  expect(await createSqlLeases(database).acquire('lease', 'ann', 1_000)).toBe(true);
  expect(await ended).toEqual([0]);
  await database.close();
  folder.remove();
});
