import { Fault, messageOf } from '../../domain/errors.ts';

/** What the driver's errors mean to a group of calls. */
export type Trouble =
  /** Another connection writes: nothing was done, try again soon. */
  | 'busy'
  /** The disk or the file: no call can succeed now. */
  | 'storage'
  /** The call's own doing, or a bug in its op. */
  | 'call';

const STORAGE = /^SQLITE_(IOERR|FULL|CANTOPEN|READONLY|NOMEM|CORRUPT|NOTADB|PROTOCOL)/;

export function troubleOf(error: unknown): Trouble {
  const code = codeOf(error);
  if (code.startsWith('SQLITE_BUSY')) return 'busy';
  return STORAGE.test(code) ? 'storage' : 'call';
}

/** Whether a unique or primary key was broken. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE';
}

export function storageFault(error: unknown): Fault {
  const code = codeOf(error);
  const kind = code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' ? 'corrupt' : 'unavailable';
  return new Fault(kind, `the database file can't be used: ${messageOf(error)} (${code})`, { cause: error });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
