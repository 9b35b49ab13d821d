/** What the ORM's dialect uses of libsql's connection, and adds to it. */
export interface SqliteConnection {
  pragma(source: string): unknown;
  prepare(sql: string): SqliteStatement;
  /** When the dialect opened it, milliseconds since 1970; it is replaced when it is older than ten seconds. */
  __created: number;
}

type Execute = (...params: unknown[]) => unknown;

interface SqliteStatement {
  run: Execute;
  all: Execute;
}

/**
 * Two mends, on the connection itself because the ORM prepares each statement anew:
 *
 * - A transaction asks for the write lock at once. One that began by reading could not write any more after another
 *   connection has committed, and the engine commits all the time.
 * - After SQLITE_BUSY the connection is given up. libsql doesn't reset a statement that met it, and with that one still
 *   in progress no later COMMIT succeeds.
 */
export function mend(connection: SqliteConnection): void {
  const prepare = connection.prepare.bind(connection);
  connection.prepare = (sql) => {
    const statement = prepare(/^BEGIN;?$/.test(sql) ? 'BEGIN IMMEDIATE' : sql);
    const guarded =
      (execute: Execute): Execute =>
      (...params) => {
        try {
          return execute.apply(statement, params);
        } catch (error) {
          if (isBusy(error)) connection.__created = 0;
          throw error;
        }
      };
    statement.run = guarded(statement.run);
    statement.all = guarded(statement.all);
    return statement;
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
