import type { Options } from '@mikro-orm/libsql';
import { mend, type SqliteConnection } from './sqlite-connection.ts';

/** The embedded engine writes to the same file: its commits take milliseconds, a checkpoint some more. */
const BUSY_TIMEOUT_MS = 5_000;

type Done = (error: unknown, connection: SqliteConnection) => void;

export function sqliteOptions(file: string): Options {
  return {
    dbName: file,
    driverOptions: {
      pool: {
        // One, because a second one that writes would block this thread until the first one's transaction ends, which
        // needs this thread.
        min: 0,
        max: 1,
        // MikroORM's dialect renews the connection every ten seconds, so settings belong to each new one.
        afterCreate: (connection: SqliteConnection, done: Done) => {
          connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
          connection.pragma('journal_mode = WAL');
          connection.pragma('synchronous = FULL');
          mend(connection);
          done(null, connection);
        },
      },
    },
  };
}
