import { Migration } from '@mikro-orm/migrations';

export type Dialect = 'sqlite' | 'mysql';

/**
 * A step of the schema in both dialects. MySQL commits each DDL statement by itself, so a migration that was cut off
 * is run again from its start: every statement must be harmless the second time (IF NOT EXISTS, IF EXISTS).
 */
export abstract class DialectMigration extends Migration {
  /** The statements, in their order; they must run on MySQL 8 and MariaDB alike. */
  protected abstract readonly statements: Readonly<Record<Dialect, readonly string[]>>;

  override up(): void {
    for (const statement of this.statements[this.dialect()]) this.addSql(statement);
  }

  private dialect(): Dialect {
    const client: { readonly driverName: string } = this.getKnex().client;
    return client.driverName === 'mysql2' ? 'mysql' : 'sqlite';
  }
}
