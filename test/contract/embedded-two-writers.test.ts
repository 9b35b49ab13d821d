import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderStore } from '../../src/adapters/embedded/order-store.ts';
import { createSqlCatalogue } from '../../src/adapters/sql/catalogue.ts';
import { connectSql, type SqlDatabase } from '../../src/adapters/sql/connect.ts';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import type { OrderStore } from '../../src/ports/order-store.ts';
import { awkwardSale } from '../support/awkward-sale.ts';
import { newOrder, nextSaleId } from '../support/orders.ts';
import { type TempFolder, tempFolder } from '../support/temp-folder.ts';

// The engine and the ORM write to one file in one thread: neither may block the thread while it waits for the other.
let folder: TempFolder;
let file: string;
let engine: Engine;
let database: SqlDatabase;
let store: OrderStore;

beforeEach(async () => {
  folder = tempFolder();
  file = join(folder.path, 'floodgate.db');
  engine = await openEngine({ file, thread: false });
  database = await connectSql({ dialect: 'sqlite', file });
  await migrate(database);
  store = createEmbeddedOrderStore(engine, database);
});

afterEach(async () => {
  await engine.close();
  await database.close();
  folder.remove();
});

const aProduct = (id: string) => ({ id, name: '', description: '', version: 1 });

const oneOrder = (saleId: string) => ({ group: 'g', positions: [], orders: [newOrder({ saleId, tickets: [1] })] });

test('the engine waits for a transaction of the ORM that spans several turns, and stores afterwards', async () => {
  const saleId = nextSaleId();
  const happened: string[] = [];
  let storing: Promise<unknown> | undefined;
  await database.em().transactional(async (em) => {
    await em
      .getConnection()
      .execute("INSERT INTO products VALUES ('p', 'P', '', NULL, 1)", [], 'run', em.getTransactionContext());
    storing = store.store(oneOrder(saleId)).then(() => happened.push('stored'));
    // Turns of the event loop in which the engine finds the file locked.
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    happened.push('committing');
  });
  await storing;
  expect(happened).toEqual(['committing', 'stored']);
  expect((await store.counts(saleId)).states.reserved).toBe(1);
  expect(await database.em().getConnection().execute('SELECT id FROM products')).toMatchObject([{ id: 'p' }]);
});

test('the catalogue and the order store write side by side', async () => {
  const catalogue = createSqlCatalogue(database);
  const ids = Array.from({ length: 100 }, nextSaleId);
  await Promise.all(ids.flatMap((id) => [catalogue.addSale(awkwardSale({ id })), store.store(oneOrder(id))]));
  expect(await catalogue.sales({ limit: 200, includeDrafts: true })).toHaveLength(100);
  expect(await store.orders({ limit: 200 })).toHaveLength(100);
});

test('a read sees what was stored before', async () => {
  for (let i = 0; i < 50; i += 1) {
    const batch = oneOrder(nextSaleId());
    await store.store(batch);
    expect(await store.order(batch.orders[0]?.order.id ?? '')).toStrictEqual(batch.orders[0]?.order);
  }
});

test('a transaction of the ORM that began by reading can still write after the engine has', async () => {
  const saleId = nextSaleId();
  let storing: Promise<unknown> | undefined;
  await database.em().transactional(async (em) => {
    const trx = em.getTransactionContext();
    await em.getConnection().execute('SELECT * FROM products', [], 'all', trx);
    storing = store.store(oneOrder(saleId));
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    await em.getConnection().execute("INSERT INTO products VALUES ('p', 'P', '', NULL, 1)", [], 'run', trx);
  });
  await storing;
  expect((await store.counts(saleId)).tickets).toBe(1);
});

test('the ORM recovers after the file was locked for too long', async () => {
  const catalogue = createSqlCatalogue(database);
  const inTransaction = (id: string) =>
    database.em().transactional(async (em) => {
      await em
        .getConnection()
        .execute('INSERT INTO products VALUES (?, ?, ?, NULL, 1)', [id, '', ''], 'run', em.getTransactionContext());
    });
  const other = new Database(file);
  await database.em().getConnection().execute('PRAGMA busy_timeout = 1');
  other.exec('BEGIN IMMEDIATE');
  await expect(catalogue.addProduct(aProduct('a'))).rejects.toMatchObject({
    name: 'Fault',
    code: 'unavailable',
  });
  await database.em().getConnection().execute('PRAGMA busy_timeout = 1');
  await expect(inTransaction('b')).rejects.toThrow();
  other.exec('ROLLBACK');
  other.close();

  await catalogue.addProduct(aProduct('c'));
  await inTransaction('d');
  const ids = await database.em().getConnection().execute('SELECT id FROM products ORDER BY id');
  expect(ids).toMatchObject([{ id: 'c' }, { id: 'd' }]);
});
