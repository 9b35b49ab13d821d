import { Migration, Migrator } from '@mikro-orm/migrations';
import { SCHEMA_STEPS } from '../../../migrations/index.ts';
import type { SchemaStep, UnlessColumn } from '../../../migrations/schema-step.ts';
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

const SELECT_COLUMN = {
  sqlite: 'SELECT 1 FROM pragma_table_info(?) WHERE name = ?',
  mysql:
    'SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?',
} as const satisfies Record<SqlDatabase['dialect'], string>;

function migrationOf({ statements }: SchemaStep, dialect: SqlDatabase['dialect']) {
  return class extends Migration {
    /** The statements run once all of them were added. */
    override async up(): Promise<void> {
      for (const statement of statements[dialect]) {
        const sql = typeof statement === 'string' ? statement : statement.sql;
        if (typeof statement === 'string' || !(await this.#hasColumn(statement))) this.addSql(sql);
      }
    }

    async #hasColumn({ table, column }: UnlessColumn): Promise<boolean> {
      return (await this.execute(SELECT_COLUMN[dialect], [table, column])).length > 0;
    }
  };
}
