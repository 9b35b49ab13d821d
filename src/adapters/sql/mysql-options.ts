import type { Socket } from 'node:net';
import type { Options } from '@mikro-orm/mysql';
import { parseMysqlUrl } from './mysql-url.ts';

/** Time limit of opening a connection. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Time limit of opening a connection, login and session included. The driver has none once the server has greeted, and the
 * calls that wait for the connection would all fail; those after them get another one.
 */
const CREATE_TIMEOUT_MS = 8_000;

/** How long a call waits for a connection of the pool. */
const ACQUIRE_TIMEOUT_MS = 10_000;

/**
 * A connection that receives nothing for this long is closed: mysql2 has no such limit, and a server that disappeared without
 * closing its connections would block a call for hours. It closes idle connections, too. Longer than any statement takes.
 */
const SOCKET_TIMEOUT_MS = 30_000;

/** Longer than any of our transactions take; shorter than the server's default (50 s), which exceeds our callers' deadlines. */
const LOCK_WAIT_SECONDS = 5;

const SESSION = [
  // Whatever the server's default: a value that does not fit is an error, and backslashes escape, as literals.ts assumes.
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
  // No gap locks: workers insert concurrently, and each statement sees what others have committed.
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

interface RawConnection {
  readonly stream: Socket;
  query(sql: string, done: (error: unknown) => void): void;
}

type Done = (error: unknown, connection: RawConnection) => void;

/** Errors: Fault `config` for a URL with parameters that can't be honoured. */
export function mysqlOptions(text: string, poolSize: number): Options {
  const { url, ssl } = parseMysqlUrl(text);
  return {
    clientUrl: url,
    charset: 'utf8mb4',
    driverOptions: {
      connection: {
        // The ORM reads host, user and database from the URL; mysql2 reads its other options from it.
        uri: url,
        ...(ssl === undefined ? {} : { ssl }),
        charset: 'utf8mb4',
        connectTimeout: CONNECT_TIMEOUT_MS,
        // Affected rows are then changed rows, by which the order store counts its inserts.
        flags: ['-FOUND_ROWS'],
      },
      // knex would read it on the first connection of the process, without a limit, and all others wait for that reading.
      version: 'latest',
      pool: {
        min: 0,
        max: Math.max(2, poolSize),
        createTimeoutMillis: CREATE_TIMEOUT_MS,
        afterCreate: prepareSession,
      },
      acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    },
  };
}

function prepareSession(connection: RawConnection, done: Done): void {
  connection.stream.setTimeout(SOCKET_TIMEOUT_MS, () => {
    const timeout = new Error(`no answer within ${SOCKET_TIMEOUT_MS} ms`);
    connection.stream.destroy(Object.assign(timeout, { code: 'ETIMEDOUT' }));
  });
  const next = (rest: readonly string[]): void => {
    const [sql, ...others] = rest;
    if (sql === undefined) done(null, connection);
    else connection.query(sql, (error) => (error ? done(error, connection) : next(others)));
  };
  next(SESSION);
}
