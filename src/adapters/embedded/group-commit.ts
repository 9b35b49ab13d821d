import { Fault } from '../../domain/errors.ts';
import type { Connection } from './database.ts';
import type { AnyOp, Together } from './ops/op.ts';
import { failureOf, storageFault } from './sqlite-errors.ts';

export interface Call {
  readonly op: string;
  readonly args: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls in a transaction. More would make the first of them wait longer without saving a significant number of fsyncs. */
const MAX_GROUP = 64;

/**
 * A transaction that has taken this long, some 200 purchases, takes no further call. If it took all that wait, this
 * thread and its callers would wait for each other in turns instead of working at the same time.
 */
const GROUP_MS = 1.5;

export interface GroupCommitOptions {
  /** How long calls wait for another writer of the file before they are rejected. */
  readonly busyLimitMs: number;
  /** A transaction that has taken this long takes no further call. */
  readonly groupMs: number;
  /** Called after each commit that wrote, before its calls are answered. */
  readonly onCommit: () => void;
  /** While it returns a Fault, calls are rejected with it: asked before each group, and again once its writes are committed. */
  readonly fault: (isCommitted: boolean) => Fault | undefined;
}

/** `busyLimitMs` is longer than a purchase waits, so that the engine never gives up first. */
export const groupCommitDefaults = {
  busyLimitMs: 5_000,
  groupMs: GROUP_MS,
  onCommit: () => {},
  fault: () => undefined,
} as const satisfies GroupCommitOptions;

/** How long a deferrable call waits at most for the thread to be idle; under most loads it is idle much sooner. */
const MAX_DEFERRAL_MS = 5;

/** Another writer in this very process needs turns of this event loop to finish; one in another process needs time. */
const BUSY_TURNS = 8;
const BUSY_DELAY_MS = 1;

/**
 * Runs calls in groups: all that have arrived by the time the thread is free share one transaction and one fsync, and are
 * answered only after its commit. Calls run in the order in which they were submitted, except for deferrable ones (see
 * ops/op.ts): they run once a commit has left no other call to run. Its callers are then busy with their answers, so
 * deferrable calls delay no caller that waits for the next commit.
 */
export class GroupCommit {
  readonly #db: Connection;
  readonly #ops: Readonly<Record<string, AnyOp>>;
  readonly #options: GroupCommitOptions;
  #waiting: Call[] = [];
  #deferred: Call[] = [];
  #deferralTimer: NodeJS.Timeout | undefined;
  #scheduled = false;
  #busyTries = 0;
  #busySince = 0;

  constructor(db: Connection, ops: Readonly<Record<string, AnyOp>>, options: Partial<GroupCommitOptions> = {}) {
    this.#db = db;
    this.#ops = ops;
    this.#options = { ...groupCommitDefaults, ...options };
  }

  submit(call: Call): void {
    if (this.#ops[call.op]?.deferrable) {
      this.#deferred.push(call);
      this.#deferralTimer ??= setTimeout(this.#runDeferred, MAX_DEFERRAL_MS);
      return;
    }
    this.#waiting.push(call);
    this.#schedule();
  }

  /** Rejects the calls that are not answered yet; wait for them before closing. */
  close(): void {
    this.stop();
    this.#db.close();
  }

  /** Like `close`, but leaves the database open. */
  stop(): void {
    clearTimeout(this.#deferralTimer);
    const calls = [...this.#waiting.splice(0), ...this.#deferred.splice(0)];
    rejectAll(calls, new Fault('unavailable', 'the database is closed'));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }

  readonly #runDeferred = (): void => {
    clearTimeout(this.#deferralTimer);
    this.#deferralTimer = undefined;
    this.#waiting.push(...this.#deferred.splice(0));
    this.#schedule();
  };

  readonly #turn = (): void => {
    this.#scheduled = false;
    const group = this.#waiting.splice(0, MAX_GROUP);
    if (group.length === 0) return;
    const fault = this.#options.fault(false);
    const outcome = fault === undefined ? this.#commit(group) : rejectAll(group, fault);
    if (outcome === 'busy') {
      this.#waiting = group.concat(this.#waiting);
      this.#retryLater();
      return;
    }
    this.#busyTries = 0;
    // Each in its own transaction: the one that threw rejects, the others succeed.
    const left = outcome === 'call' ? this.#commitEach(group) : group.slice(outcome);
    this.#waiting = left.concat(this.#waiting);
    if (this.#waiting.length > 0) this.#schedule();
    // A turn later: calls that have arrived meanwhile run first.
    else if (this.#deferred.length > 0) setImmediate(this.#whenIdle);
  };

  readonly #whenIdle = (): void => {
    if (this.#waiting.length === 0 && this.#deferred.length > 0) this.#runDeferred();
  };

  #writes(group: readonly Call[]): boolean {
    return group.some((call) => this.#ops[call.op]?.writes);
  }

  /** Returns the calls that are still to be run because another writer holds the file. */
  #commitEach(group: readonly Call[]): Call[] {
    for (const [i, call] of group.entries()) {
      if (this.#commit([call]) === 'busy') return group.slice(i);
    }
    return [];
  }

  /** One transaction. Returns how many calls, from the first on, were answered; or why none was. */
  #commit(group: readonly Call[]): number | 'busy' | 'call' {
    const writes = this.#writes(group);
    const results: unknown[] = [];
    try {
      const until = performance.now() + this.#options.groupMs;
      this.#db.run(writes ? 'BEGIN IMMEDIATE' : 'BEGIN');
      do results.push(...this.#run(group, results.length));
      while (results.length < group.length && performance.now() <= until);
      this.#db.run('COMMIT');
    } catch (error) {
      return this.#failed(group, error);
    }
    if (writes) this.#options.onCommit();
    const fault = writes ? this.#options.fault(true) : undefined;
    if (fault !== undefined) return rejectAll(group.slice(0, results.length), fault);
    results.forEach((result, i) => {
      group[i]?.resolve(result);
    });
    return results.length;
  }

  #failed(group: readonly Call[], error: unknown): number | 'busy' | 'call' {
    let failure = failureOf(error);
    try {
      if (this.#db.inTransaction) this.#db.run('ROLLBACK');
    } catch {
      failure = 'storage';
    }
    if (failure === 'busy') return 'busy';
    if (failure === 'call' && group.length > 1) return 'call';
    return rejectAll(group, failure === 'storage' ? storageFault(error) : error);
  }

  /** Runs the call at `first`, and those behind it that can run together with it; returns their results. */
  #run(group: readonly Call[], first: number): readonly unknown[] {
    const { op: name, args } = group[first] as Call;
    const op = this.#ops[name];
    if (op === undefined) throw new TypeError(`unknown op ${name}`);
    const together = op.together === undefined ? [] : togetherFrom(group, first, op.together);
    if (op.together === undefined || together.length < 2) return [op.run(this.#db, args as never)];
    return op.together.run(this.#db, together);
  }

  #retryLater(): void {
    this.#busyTries += 1;
    if (this.#busyTries === 1) this.#busySince = performance.now();
    const { busyLimitMs } = this.#options;
    if (performance.now() - this.#busySince > busyLimitMs) {
      this.#busyTries = 0;
      const fault = new Fault('unavailable', `another writer has held the database for ${busyLimitMs} ms`);
      rejectAll(this.#waiting.splice(0), fault);
      return;
    }
    this.#scheduled = true;
    if (this.#busyTries <= BUSY_TURNS) setImmediate(this.#turn);
    else setTimeout(this.#turn, BUSY_DELAY_MS);
  }
}

/** The arguments of the call at `first` and of those behind it, up to one of another op or with a key that came before. */
function togetherFrom(group: readonly Call[], first: number, { keyOf }: Together<never, unknown>): readonly never[] {
  const { op } = group[first] as Call;
  const keys = new Set<string>();
  const together: never[] = [];
  for (let n = first; group[n]?.op === op; n += 1) {
    const args = group[n]?.args as never;
    if (keys.size === keys.add(keyOf(args)).size) break;
    together.push(args);
  }
  return together;
}

/** Returns how many they were. */
function rejectAll(calls: readonly Call[], reason: unknown): number {
  for (const call of calls) call.reject(reason);
  return calls.length;
}
