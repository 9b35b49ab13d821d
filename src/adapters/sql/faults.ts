import { Fault, type FaultCode, messageOf } from '../../domain/errors.ts';

/** Codes of mysql2, MySQL, SQLite and knex's pool that say: no answer, and what was done is unknown. */
const TIMEOUT = /^(ETIMEDOUT|PROTOCOL_SEQUENCE_TIMEOUT|ER_QUERY_TIMEOUT|ER_STATEMENT_TIMEOUT)$/;

/** Wrong settings, if it happens at the start. Later somebody is changing a password or restoring a backup. */
const CONFIG = /^(ER_ACCESS_DENIED_ERROR|ER_DBACCESS_DENIED_ERROR|ER_BAD_DB_ERROR|SQLITE_NOTADB|SQLITE_CANTOPEN.*)$/;

export type Phase = 'starting' | 'running';

/** A value that the table can't hold. */
const CORRUPT =
  /^(ER_DATA_TOO_LONG|ER_WARN_DATA_OUT_OF_RANGE|ER_TRUNCATED_WRONG_VALUE.*|ER_BAD_NULL_ERROR|SQLITE_CONSTRAINT_(NOTNULL|DATATYPE)|SQLITE_MISMATCH)$/;

/**
 * What a database error means to the caller. Whatever isn't known to be the value's or the setting's fault counts as
 * `unavailable`, so that no accepted order is given up on for an error that nobody foresaw.
 */
export function sqlFault(error: unknown, what: string, phase: Phase = 'running'): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const reason = reasonOf(error);
  return new Fault(faultCodeOf(code, phase), `${what}: ${reason}${code === '' ? '' : ` (${code})`}`, {
    // Not the error itself: it carries the statement, and with it half a megabyte of what buyers sent.
    cause: Object.assign(new Error(reason), code === '' ? {} : { code }),
  });
}

function faultCodeOf(code: string, phase: Phase): FaultCode {
  if (TIMEOUT.test(code)) return 'timeout';
  if (phase === 'starting' && CONFIG.test(code)) return 'config';
  return CORRUPT.test(code) ? 'corrupt' : 'unavailable';
}

/** What the database itself said. knex puts `<statement> - ` before it, with the values in it. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'sqlMessage' in error && typeof error.sqlMessage === 'string') return error.sqlMessage;
  const message = messageOf(error);
  const end = message.lastIndexOf(' - ');
  return end < 0 ? message : message.slice(end + 3);
}

/** Runs a database call; whatever it throws becomes a Fault. `what` begins the fault's message. */
export async function guarded<Result>(
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

/** The driver's code; empty without one. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
