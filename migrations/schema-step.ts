/**
 * A step of the schema in both dialects, in statements that MySQL 8 and MariaDB understand alike. MySQL commits each
 * DDL statement by itself, so a step that was cut off is run again from its start: every statement must be harmless the
 * second time (IF NOT EXISTS, IF EXISTS, or {@link UnlessColumn}).
 *
 * Plain data: a start that has nothing to migrate needs the names only, and the migrator takes longer to load than the
 * rest of the store.
 */
export interface SchemaStep {
  readonly name: string;
  /** By dialect, in their order. */
  readonly statements: Readonly<Record<'sqlite' | 'mysql', readonly (string | UnlessColumn)[]>>;
}

/**
 * A statement that is left out if a table had this column when the step began: MySQL 8 knows no ADD COLUMN IF NOT EXISTS. If
 * the last statement of a step adds the column, the others with this condition run until the step was complete once.
 */
export interface UnlessColumn {
  readonly table: string;
  readonly column: string;
  readonly sql: string;
}
