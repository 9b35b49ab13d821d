import type { Db } from '../database.ts';

/**
 * A synchronous operation on the database. The engine runs many in one transaction, and runs an op again if its
 * transaction had to be rolled back. So an op depends on its arguments and the database alone (no clock, no random
 * numbers, no state of its own) and leaves BEGIN and COMMIT to the engine. Arguments and results cross a thread: plain
 * data only. An op that throws is rolled back as a whole and rejects its own call, no other one.
 */
export interface Op<Args, Result> {
  /** False promises that nothing is written; a group of such ops needs no write lock. */
  readonly writes: boolean;
  /** No answer to a buyer depends on it: it runs when no other call waits, a few milliseconds later at most. */
  readonly deferrable?: boolean;
  readonly run: (db: Db, args: Args) => Result;
  readonly together?: Together<Args, Result>;
}

/** How calls that wait one behind the other run as one, for less than one by one. */
export interface Together<Args, Result> {
  /** Calls of one key don't run together: a later one has to see what the earlier one did. */
  readonly keyOf: (args: Args) => string;
  /** One result for each call, in their order. If it throws, all are rolled back and each runs by itself. */
  readonly run: (db: Db, calls: readonly Args[]) => readonly Result[];
}

/** An entry of a table of ops, whatever its arguments. */
export type AnyOp = Op<never, unknown>;

export function reading<Args, Result>(run: (db: Db, args: Args) => Result): Op<Args, Result> {
  return { writes: false, run };
}

export function writing<Args, Result>(run: (db: Db, args: Args) => Result): Op<Args, Result> {
  return { writes: true, run };
}

export function deferrable<Args, Result>(op: Op<Args, Result>): Op<Args, Result> {
  return { ...op, deferrable: true };
}
