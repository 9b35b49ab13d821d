import { Fault, messageOf } from '../../domain/errors.ts';
import { codeOf } from '../sql/faults.ts';

/** What a driver error means for a group of calls. */
export type Failure =
  /** Another connection is writing: nothing was changed, worth another try soon. */
  | 'busy'
  /** The disk or the file failed: no call can succeed now. */
  | 'storage'
  /** Caused by the call itself, or by a bug in its op. */
  | 'call';

const STORAGE = /^SQLITE_(IOERR|FULL|CANTOPEN|READONLY|NOMEM|CORRUPT|NOTADB|PROTOCOL)/;

export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (code.startsWith('SQLITE_BUSY')) return 'busy';
  return STORAGE.test(code) ? 'storage' : 'call';
}

/** Whether a unique or primary key was violated. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE';
}

export function storageFault(error: unknown): Fault {
  const code = codeOf(error);
  const kind = code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' ? 'corrupt' : 'unavailable';
  return new Fault(kind, `the database file cannot be used: ${messageOf(error)} (${code})`, { cause: error });
}
