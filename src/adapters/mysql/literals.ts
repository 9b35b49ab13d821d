import SqlString from 'sqlstring';

/**
 * A string literal of MySQL, with backslash escapes on (see sql/mysql-options.ts). For strings only: sqlstring renders
 * objects as lists of assignments.
 */
export function quoted(text: string): string {
  return SqlString.escape(text);
}
