import type { Socket } from 'node:net';
import type { Options } from '@mikro-orm/mysql';

/** How long a new connection may take to be made. */
const CONNECT_TIMEOUT_MS = 5_000;

/** How long a call waits for a free connection of the pool. */
const ACQUIRE_TIMEOUT_MS = 10_000;

/**
 * A connection that hears nothing for so long is cut: mysql2 has no limit of its own, and a server that vanished without
 * a word would hold a call for hours. Idle connections are closed by it as well. Longer than any statement takes.
 */
const SILENCE_LIMIT_MS = 30_000;

/** Longer than any of our transactions; the server's default (50 s) is longer than our patience. */
const LOCK_WAIT_SECONDS = 5;

const SESSION = [
  // A value that doesn't fit is an error whatever the server's default is, and backslashes escape, as the client assumes.
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
  // No gap locks: concurrent workers insert side by side, and what another one has committed is seen.
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

interface RawConnection {
  readonly stream: Socket;
  query(sql: string, done: (error: unknown) => void): void;
}

type Done = (error: unknown, connection: RawConnection) => void;

export function mysqlOptions(url: string, poolSize: number): Options {
  return {
    clientUrl: url,
    charset: 'utf8mb4',
    driverOptions: {
      connection: {
        // The ORM reads host, user and database from the URL; mysql2 reads it too, for TLS and whatever else it names.
        uri: url,
        charset: 'utf8mb4',
        connectTimeout: CONNECT_TIMEOUT_MS,
        // Affected rows are then those that changed: the order store counts its inserts by it.
        flags: ['-FOUND_ROWS'],
      },
      pool: { min: 0, max: Math.max(2, poolSize), afterCreate: prepareSession },
      acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    },
  };
}

function prepareSession(connection: RawConnection, done: Done): void {
  connection.stream.setTimeout(SILENCE_LIMIT_MS, () => {
    const silence = new Error(`no answer within ${SILENCE_LIMIT_MS} ms`);
    connection.stream.destroy(Object.assign(silence, { code: 'ETIMEDOUT' }));
  });
  const next = (rest: readonly string[]): void => {
    const [sql, ...others] = rest;
    if (sql === undefined) done(null, connection);
    else connection.query(sql, (error) => (error ? done(error, connection) : next(others)));
  };
  next(SESSION);
}
