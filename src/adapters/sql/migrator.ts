import { Migration, Migrator } from '@mikro-orm/migrations';
import { SCHEMA_STEPS } from '../../../migrations/index.ts';
import type { SchemaStep } from '../../../migrations/schema-step.ts';
import type { SqlDatabase } from './connect.ts';

/** Runs the steps that `table` does not list yet, and lists them there; returns their names. */
export async function runPending(database: SqlDatabase, table: string): Promise<readonly string[]> {
  const { dialect, orm } = database;
  orm.config.set('migrations', {
    ...orm.config.get('migrations'),
    tableName: table,
    migrationsList: SCHEMA_STEPS.map((step) => ({ name: step.name, class: migrationOf(step, dialect) })),
    snapshot: false,
    silent: true,
    // MySQL commits each DDL statement by itself.
    transactional: dialect === 'sqlite',
    allOrNothing: dialect === 'sqlite',
  });
  const ran = await new Migrator(database.em()).up();
  return ran.map(({ name }) => name);
}

function migrationOf({ statements }: SchemaStep, dialect: SqlDatabase['dialect']) {
  return class extends Migration {
    override up(): void {
      for (const statement of statements[dialect]) this.addSql(statement);
    }
  };
}
