import type { Options } from '@mikro-orm/libsql';
import { patchConnection, type SqliteConnection } from './sqlite-connection.ts';

/** The embedded engine writes to the same file: its commits take milliseconds, a checkpoint somewhat longer. */
export const BUSY_TIMEOUT_MS = 5_000;

type Done = (error: unknown, connection: SqliteConnection) => void;

export function sqliteOptions(file: string): Options {
  return {
    dbName: file,
    driverOptions: {
      pool: {
        // One connection: a second one that writes would block this thread until the transaction of the first one ends,
        // and that needs this thread.
        min: 0,
        max: 1,
        // MikroORM's dialect replaces the connection every ten seconds, so each new one has to be set up.
        afterCreate: (connection: SqliteConnection, done: Done) => {
          connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
          connection.pragma('journal_mode = WAL');
          connection.pragma('synchronous = FULL');
          patchConnection(connection);
          done(null, connection);
        },
      },
    },
  };
}
