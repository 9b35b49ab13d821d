import type { AbstractSqlConnection, Knex } from '@mikro-orm/mysql';
import type { SqlDatabase } from '../sql/connect.ts';
import { retryDeadlocks } from './deadlock-retry.ts';

/** Runs statements in one transaction. */
export interface Session {
  /** Returns the number of rows that were inserted or changed. */
  write(sql: string): Promise<number>;
  rows<Row>(sql: string): Promise<Row[]>;
}

/** Runs `run` in a transaction, and again in a new one if the server expects that, or after these errors; see deadlock-retry.ts. */
export function inTransaction<Result>(
  database: SqlDatabase,
  run: (session: Session) => Promise<Result>,
  alsoAfter?: ReadonlySet<number>,
): Promise<Result> {
  const connection = database.orm.em.getConnection();
  const once = () => connection.transactional((trx: Knex.Transaction) => run(sessionOf(connection, trx)));
  return retryDeadlocks(once, alsoAfter === undefined ? {} : { alsoAfter });
}

function sessionOf(connection: AbstractSqlConnection, trx: Knex.Transaction): Session {
  return {
    write: async (sql) => (await connection.execute<{ affectedRows: number }>(sql, [], 'run', trx)).affectedRows,
    rows: <Row>(sql: string) => connection.execute<Row[]>(sql, [], 'all', trx),
  };
}
