import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEngine } from '../../../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderStore } from '../../../src/adapters/embedded/order-store.ts';
import { connectSql } from '../../../src/adapters/sql/connect.ts';
import { migrate } from '../../../src/adapters/sql/migrate.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { orderAuditSourceContract } from './suite.ts';

const readerThread = new URL('../../../dist/src/adapters/sql/sqlite-reader-thread.js', import.meta.url);

async function open(options: { readonly readerThread?: URL } = {}) {
  const folder = tempFolder();
  const file = join(folder.path, 'floodgate.db');
  const engine = await openEngine({ file, thread: false });
  const database = await connectSql({ dialect: 'sqlite', file, ...options });
  await migrate(database);
  return {
    store: createEmbeddedOrderStore(engine, database),
    database,
    close: async () => {
      await engine.close();
      await database.close();
      folder.remove();
    },
  };
}

orderAuditSourceContract('the embedded order store', () => open());
orderAuditSourceContract('the embedded order store, read in a thread of its own', () => open({ readerThread }));

describe('the reading thread', () => {
  it('reports the error of a query with its code, and goes on', async () => {
    const { database, close } = await open({ readerThread });
    onTestFinished(close);
    await expect(database.slowRows('SELECT id FROM nowhere')).rejects.toMatchObject({
      message: expect.stringContaining('no such table: nowhere'),
      code: 'SQLITE_ERROR',
    });
    expect(await database.slowRows('SELECT ? AS n, ? AS text', 1, 'é')).toEqual([{ n: 1, text: 'é' }]);
  });

  it('writes nothing', async () => {
    const { database, close } = await open({ readerThread });
    onTestFinished(close);
    const refused = { code: 'SQLITE_READONLY' };
    await expect(database.slowRows("DELETE FROM orders WHERE id = 'x' RETURNING id")).rejects.toMatchObject(refused);
  });

  it('leaves the turns of this thread to others', async () => {
    const { database, close } = await open({ readerThread });
    onTestFinished(close);
    let turns = 0;
    let counted: unknown;
    const counting =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) AS n FROM n';
    const reading = database.slowRows(counting).then((rows) => {
      counted = rows;
    });
    for (; counted === undefined; turns += 1) await nextTurn();
    await reading;
    expect(counted).toEqual([{ n: 300_000 }]);
    expect(turns).toBeGreaterThan(10);
  });
});
