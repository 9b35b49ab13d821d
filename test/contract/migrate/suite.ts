import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SCHEMA_STEPS } from '../../../migrations/index.ts';
import { connectSql, type SqlOptions } from '../../../src/adapters/sql/connect.ts';
import { migrate } from '../../../src/adapters/sql/migrate.ts';
import { createSqlNodeMarks } from '../../../src/adapters/sql/node-marks.ts';
import { createOrderReads } from '../../../src/adapters/sql/order-reads.ts';
import { migrateInProcess } from '../../support/migrate-process.ts';
import { expectRows, storedBefore } from './stored-before.ts';

export interface EmptyDatabase {
  readonly options: SqlOptions;
  remove(): Promise<void>;
}

const NAMES = SCHEMA_STEPS.map(({ name }) => name);

/** The contract of migrating in either dialect. `create` creates a database without tables. */
export function migrateContract(name: string, create: () => Promise<EmptyDatabase>): void {
  describe(`migrate: ${name}`, () => {
    const made: EmptyDatabase[] = [];
    let options: SqlOptions;

    beforeAll(() => {
      expect(NAMES).toEqual(NAMES.toSorted());
    });
    beforeEach(async () => {
      const empty = await create();
      made.push(empty);
      options = empty.options;
    });
    afterAll(async () => {
      for (const empty of made) await empty.remove();
    });

    test('runs pending migrations, once', async () => {
      const database = await connectSql(options);
      expect(await migrate(database)).toEqual(NAMES);
      expect(await migrate(database)).toEqual([]);
      await expect(createOrderReads(database).ping()).resolves.toBeUndefined();
      await database.close();
    });

    test('goes on where an earlier migration was interrupted', async () => {
      const database = await connectSql(options);
      await migrate(database);
      const last = NAMES.at(-1);
      await database.em().getConnection().execute('DELETE FROM mikro_orm_migrations WHERE name = ?', [last], 'run');
      expect(await migrate(database)).toEqual([last]);
      await database.close();
    });

    test('moves the marks of node numbers from the positions of the log into their table', async () => {
      const database = await connectSql(options);
      await migrate(database);
      const connection = database.em().getConnection();
      await connection.execute('DELETE FROM mikro_orm_migrations WHERE name = ?', ['Migration20251121000500'], 'run');
      await connection.execute('DROP TABLE node_numbers', [], 'run');
      const positions = [
        ['floodgate.node-numbers', 0, 1_900_000_000_000],
        ['floodgate.node-numbers', 1023, 1_900_000_000_001],
        ['settlement', 0, 7],
      ];
      for (const position of positions) {
        await connection.execute('INSERT INTO log_positions VALUES (?, ?, ?)', position, 'run');
      }
      await migrate(database);
      const marks = createSqlNodeMarks(database);
      expect(await Promise.all([0, 1, 1023].map((node) => marks.mark(node)))).toEqual([
        1_900_000_000_000,
        undefined,
        1_900_000_000_001,
      ]);
      const reads = createOrderReads(database);
      expect(await reads.position('floodgate.node-numbers', 0)).toBeUndefined();
      expect(await reads.position('settlement', 0)).toBe(7);
      await database.close();
    });

    test('gives each order that was stored before a row for its ticket', async () => {
      const { database, live, paid, ended, lost } = await storedBefore(options);
      await migrate(database);
      await expectRows(database, { live, paid, ended, lost });
      await database.close();
    });

    test('runs each migration once when several processes start together', async () => {
      const ran = await Promise.all([1, 2, 3, 4].map(() => migrateInProcess(options)));
      expect(ran.flat().toSorted()).toEqual(NAMES);
      const database = await connectSql(options);
      const rows: { readonly name: string }[] = await database
        .em()
        .getConnection()
        .execute('SELECT name FROM mikro_orm_migrations ORDER BY id');
      expect(rows.map(({ name }) => name)).toEqual(NAMES);
      await database.close();
    });

    test('without it a store is unavailable', async () => {
      const database = await connectSql(options);
      await expect(createOrderReads(database).ping()).rejects.toMatchObject({ name: 'Fault', code: 'unavailable' });
      await database.close();
    });
  });
}
