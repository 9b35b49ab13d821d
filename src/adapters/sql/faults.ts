import { Fault, type FaultCode, messageOf } from '../../domain/errors.ts';

/** Codes of mysql2, MySQL, SQLite and knex's pool for no answer in time: whether the statement was executed is unknown. */
const TIMEOUT = /^(ETIMEDOUT|PROTOCOL_SEQUENCE_TIMEOUT|ER_QUERY_TIMEOUT|ER_STATEMENT_TIMEOUT)$/;

/** Wrong settings if they occur at the start; later, signs of a password that is being changed or a backup being restored. */
const CONFIG = /^(ER_ACCESS_DENIED_ERROR|ER_DBACCESS_DENIED_ERROR|ER_BAD_DB_ERROR|SQLITE_NOTADB|SQLITE_CANTOPEN.*)$/;

export type Phase = 'starting' | 'running';

/** A value that the table cannot hold. */
const CORRUPT =
  /^(ER_DATA_TOO_LONG|ER_WARN_DATA_OUT_OF_RANGE|ER_TRUNCATED_WRONG_VALUE.*|ER_BAD_NULL_ERROR|SQLITE_CONSTRAINT_(NOTNULL|DATATYPE)|SQLITE_MISMATCH)$/;

/**
 * What a database error means to the caller. An error that is not known to come from a value or a setting counts as
 * `unavailable`, so that no accepted order is given up because of an unexpected error.
 */
export function sqlFault(error: unknown, what: string, phase: Phase = 'running'): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const reason = reasonOf(error);
  return new Fault(
    faultCodeOf(code, phase),
    `${what}: ${reason}${code === '' ? '' : ` (${code})`}${lookAt(code, reason)}`,
    {
      // Not the error itself: it contains the statement, with half a megabyte of buyers' data.
      cause: Object.assign(new Error(reason), code === '' ? {} : { code }),
    },
  );
}

function faultCodeOf(code: string, phase: Phase): FaultCode {
  if (TIMEOUT.test(code)) return 'timeout';
  if (phase === 'starting' && CONFIG.test(code)) return 'config';
  return CORRUPT.test(code) ? 'corrupt' : 'unavailable';
}

/** What to look at where the two ends disagree on TLS, by the codes of mysql2 and MySQL. */
const LOOK_AT: Readonly<Record<string, string>> = {
  HANDSHAKE_NO_SSL_SUPPORT: 'MYSQL_URL asks for TLS (ssl-mode), which the server does not offer',
  HANDSHAKE_SSL_ERROR: 'the TLS handshake failed, see ssl-mode and ssl-ca in MYSQL_URL',
  ER_SECURE_TRANSPORT_REQUIRED: 'the server expects TLS, add ssl-mode=REQUIRED or VERIFY_IDENTITY to MYSQL_URL',
  // Also of an account that may not log in without TLS, and of MariaDB where all have to use it.
  ER_ACCESS_DENIED_ERROR:
    'if the server or this account expects TLS, add ssl-mode=REQUIRED or VERIFY_IDENTITY to MYSQL_URL',
};

/** mysql2's own limit: the address can't be reached, or accepts and says nothing. */
const NO_GREETING = /^connect ETIMEDOUT$/;

function lookAt(code: string, reason: string): string {
  const look = NO_GREETING.test(reason)
    ? "no greeting came: MySQL speaks first and begins TLS afterwards, is this MySQL's own port?"
    : LOOK_AT[code];
  return look === undefined ? '' : `; ${look}`;
}

/** The message of the database itself. knex prepends `<statement> - `, with the values. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'sqlMessage' in error && typeof error.sqlMessage === 'string') return error.sqlMessage;
  const message = messageOf(error);
  const end = message.lastIndexOf(' - ');
  return end < 0 ? message : message.slice(end + 3);
}

/** Runs a database call and turns any error into a Fault, whose message begins with `what`. */
export async function withSqlFaults<Result>(
  what: string,
  call: () => Promise<Result>,
  phase: Phase = 'running',
): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw sqlFault(error, what, phase);
  }
}

/** The driver's code; empty if there is none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
