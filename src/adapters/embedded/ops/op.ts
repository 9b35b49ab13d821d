import type { Db } from '../database.ts';

/**
 * One synchronous step on the database. The engine runs many in one transaction, and runs an op again when the
 * transaction it was in had to be rolled back: so an op depends on its arguments and the database alone (no clock, no
 * random, no variable of its own) and leaves BEGIN and COMMIT to the engine. Arguments and results cross a thread: plain
 * data only. An op that throws is undone as a whole and rejects its own call, nobody else's.
 */
export interface Op<Args, Result> {
  /** False promises that nothing is written; a group of such ops needs no write lock. */
  readonly writes: boolean;
  /** Nobody's answer hangs on it: it waits, for a few milliseconds at the most, until no other call does. */
  readonly patient?: boolean;
  readonly run: (db: Db, args: Args) => Result;
}

/** What a table of ops is made of, whatever their arguments. */
export type AnyOp = Op<never, unknown>;

export function reading<Args, Result>(run: (db: Db, args: Args) => Result): Op<Args, Result> {
  return { writes: false, run };
}

export function writing<Args, Result>(run: (db: Db, args: Args) => Result): Op<Args, Result> {
  return { writes: true, run };
}

export function patient<Args, Result>(op: Op<Args, Result>): Op<Args, Result> {
  return { ...op, patient: true };
}
