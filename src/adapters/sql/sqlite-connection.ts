import { codeOf } from './faults.ts';

/** The members of libsql's connection that the ORM's dialect uses, and the one that it adds. */
export interface SqliteConnection {
  pragma(source: string): unknown;
  prepare(sql: string): SqliteStatement;
  /** When the dialect opened it, milliseconds since 1970. The dialect replaces connections that are older than ten seconds. */
  __created: number;
}

type Execute = (...params: unknown[]) => unknown;

interface SqliteStatement {
  run: Execute;
  all: Execute;
}

/**
 * Fixes two problems, on the connection itself because the ORM prepares each statement anew:
 *
 * - A transaction takes the write lock at its start. If it began by reading, it could not write any more once another
 *   connection has committed, and the engine commits all the time.
 * - After SQLITE_BUSY the connection is replaced. libsql does not reset the statement that failed, and while that one is in
 *   progress no COMMIT succeeds.
 */
export function patchConnection(connection: SqliteConnection): void {
  const prepare = connection.prepare.bind(connection);
  connection.prepare = (sql) => {
    const statement = prepare(/^BEGIN;?$/.test(sql) ? 'BEGIN IMMEDIATE' : sql);
    const replacingIfBusy =
      (execute: Execute): Execute =>
      (...params) => {
        try {
          return execute.apply(statement, params);
        } catch (error) {
          if (codeOf(error).startsWith('SQLITE_BUSY')) connection.__created = 0;
          throw error;
        }
      };
    statement.run = replacingIfBusy(statement.run);
    statement.all = replacingIfBusy(statement.all);
    return statement;
  };
}
