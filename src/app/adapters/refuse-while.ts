import type { SqlDatabase } from '../../adapters/sql/connect.ts';
import type { Fault } from '../../domain/errors.ts';

/** The database, which refuses every new call while there is a fault. Errors: that fault. */
export function refuseWhile(fault: () => Fault | undefined, database: SqlDatabase): SqlDatabase {
  const check = (): void => {
    const reason = fault();
    if (reason !== undefined) throw reason;
  };
  return {
    ...database,
    em: () => {
      check();
      return database.em();
    },
    rows: async (sql, ...params) => {
      check();
      return database.rows(sql, ...params);
    },
    slowRows: async (sql, ...params) => {
      check();
      return database.slowRows(sql, ...params);
    },
    run: async (sql, ...params) => {
      check();
      return database.run(sql, ...params);
    },
  };
}
