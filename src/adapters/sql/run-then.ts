import type { MikroORM } from '@mikro-orm/core';
import type { AbstractSqlConnection, AbstractSqlDriver } from '@mikro-orm/libsql';
import type { SqliteConnection } from './sqlite-connection.ts';

export interface SqlStatement {
  readonly sql: string;
  readonly params: readonly (string | number | null)[];
}

type Orm = MikroORM<AbstractSqlDriver>;

/** Runs a statement and, if it has affected a row, another one: both or neither. Returns whether it has. */
export type RunThen = (first: SqlStatement, second: SqlStatement) => Promise<boolean>;

export function runThenOn(dialect: 'sqlite' | 'mysql', orm: Orm): RunThen {
  return dialect === 'sqlite' ? onSqlite(orm) : onMysql(orm);
}

function onMysql(orm: Orm): RunThen {
  return (first, second) =>
    orm.em.fork().transactional(async (em) => {
      const { affectedRows } = await em.execute<{ affectedRows: number }>(first.sql, [...first.params], 'run');
      if (affectedRows === 0) return false;
      await em.execute(second.sql, [...second.params], 'run');
      return true;
    });
}

/**
 * Without a turn of the event loop between its statements: another connection of this thread that waits for the lock would
 * block the thread, which would have to end this transaction.
 */
function onSqlite(orm: Orm): RunThen {
  return async (first, second) => {
    const connection = orm.em.getConnection() as AbstractSqlConnection;
    const { client } = connection.getKnex();
    const sqlite = (await client.acquireConnection()) as SqliteConnection;
    const run = ({ sql, params }: SqlStatement) => sqlite.prepare(sql).run([...params]) as { readonly changes: number };
    try {
      run(BEGIN);
      try {
        const found = run(first).changes > 0;
        if (found) run(second);
        run(COMMIT);
        return found;
      } catch (error) {
        run(ROLLBACK);
        throw error;
      }
    } finally {
      await client.releaseConnection(sqlite);
    }
  };
}

const BEGIN: SqlStatement = { sql: 'BEGIN', params: [] };
const COMMIT: SqlStatement = { sql: 'COMMIT', params: [] };
const ROLLBACK: SqlStatement = { sql: 'ROLLBACK', params: [] };
