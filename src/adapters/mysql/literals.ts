import SqlString from 'sqlstring';

/**
 * A string literal of MySQL, with backslash escapes on (see sql/mysql-options.ts). For strings only: sqlstring renders
 * objects as lists of assignments.
 */
export function quoted(text: string): string {
  return SqlString.escape(text);
}

/** As {@link quoted}, for a column that has mostly the same text as in the row before. */
export function quotedOnce(): (text: string) => string {
  let [last, literal] = ['', quoted('')];
  return (text) => {
    if (text !== last) [last, literal] = [text, quoted(text)];
    return literal;
  };
}
