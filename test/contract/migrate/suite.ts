import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SCHEMA_STEPS } from '../../../migrations/index.ts';
import { connectSql, type SqlOptions } from '../../../src/adapters/sql/connect.ts';
import { migrate } from '../../../src/adapters/sql/migrate.ts';
import { createOrderReads } from '../../../src/adapters/sql/order-reads.ts';
import { migrateInProcess } from '../../support/migrate-process.ts';

export interface EmptyDatabase {
  readonly options: SqlOptions;
  remove(): Promise<void>;
}

const NAMES = SCHEMA_STEPS.map(({ name }) => name);

/** What migrating must do on either dialect. `create` makes a database without a table. */
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

    test('runs what is pending, once', async () => {
      const database = await connectSql(options);
      expect(await migrate(database)).toEqual(NAMES);
      expect(await migrate(database)).toEqual([]);
      await expect(createOrderReads(database).ping()).resolves.toBeUndefined();
      await database.close();
    });

    test('goes on where an earlier one was cut off', async () => {
      const database = await connectSql(options);
      await migrate(database);
      const last = NAMES.at(-1);
      await database.em().getConnection().execute('DELETE FROM mikro_orm_migrations WHERE name = ?', [last], 'run');
      expect(await migrate(database)).toEqual([last]);
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

    test('without it, a store says that it is unavailable', async () => {
      const database = await connectSql(options);
      await expect(createOrderReads(database).ping()).rejects.toMatchObject({ name: 'Fault', code: 'unavailable' });
      await database.close();
    });
  });
}
