import { Fault } from '../../domain/errors.ts';
import type { Connection } from './database.ts';
import type { AnyOp } from './ops/op.ts';
import { storageFault, troubleOf } from './sqlite-errors.ts';

export interface Call {
  readonly op: string;
  readonly args: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls of one transaction at the most: a longer one would make the first of them wait for no gain in fsyncs. */
const MAX_GROUP = 64;

/**
 * After so long a transaction takes no further call: some 200 purchases. If it took all that wait, the callers and this
 * thread would wait for each other in turns instead of working at the same time.
 */
const GROUP_MS = 1.5;

export interface GroupCommitOptions {
  /** How long calls wait for another writer of the file before they are refused. */
  readonly busyLimitMs: number;
  /** After so long a transaction takes no further call. */
  readonly groupMs: number;
  /** Told of each commit that wrote, before its calls are answered. */
  readonly onCommit: () => void;
}

/** Longer than a purchase waits, so that the engine is never the first to give up. */
export const groupCommitDefaults = {
  busyLimitMs: 5_000,
  groupMs: GROUP_MS,
  onCommit: () => {},
} as const satisfies GroupCommitOptions;

/** How long a patient call waits for the thread to be free: nobody sees it, and most of the time it is much sooner. */
const PATIENCE_MS = 5;

/** A rival in this very process needs turns of our event loop to finish; one elsewhere needs time. */
const BUSY_TURNS = 8;
const BUSY_DELAY_MS = 1;

/**
 * Runs calls in groups: whatever has come in by the time the thread is free shares one transaction and one fsync, and
 * is answered only after its commit. Calls run in the order in which they were submitted; only patient ones (see
 * ops/op.ts) stand back, until a commit has left the thread nothing else to do: its callers are busy with their answers,
 * and whoever waits for the next one does not wait for patient calls as well.
 */
export class GroupCommit {
  readonly #db: Connection;
  readonly #ops: Readonly<Record<string, AnyOp>>;
  readonly #options: GroupCommitOptions;
  #waiting: Call[] = [];
  #patient: Call[] = [];
  #patienceTimer: NodeJS.Timeout | undefined;
  #scheduled = false;
  #busyTries = 0;
  #busySince = 0;

  constructor(db: Connection, ops: Readonly<Record<string, AnyOp>>, options: Partial<GroupCommitOptions> = {}) {
    this.#db = db;
    this.#ops = ops;
    this.#options = { ...groupCommitDefaults, ...options };
  }

  submit(call: Call): void {
    if (this.#ops[call.op]?.patient) {
      this.#patient.push(call);
      this.#patienceTimer ??= setTimeout(this.#endOfPatience, PATIENCE_MS);
      return;
    }
    this.#waiting.push(call);
    this.#schedule();
  }

  /** Calls that are not answered are refused; wait for them before closing. */
  close(): void {
    const fault = new Fault('unavailable', 'the database is closed');
    clearTimeout(this.#patienceTimer);
    for (const call of [...this.#waiting.splice(0), ...this.#patient.splice(0)]) call.reject(fault);
    this.#db.close();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }

  readonly #endOfPatience = (): void => {
    clearTimeout(this.#patienceTimer);
    this.#patienceTimer = undefined;
    this.#waiting.push(...this.#patient.splice(0));
    this.#schedule();
  };

  readonly #turn = (): void => {
    this.#scheduled = false;
    const group = this.#waiting.splice(0, MAX_GROUP);
    if (group.length === 0) return;
    const trouble = this.#commit(group);
    if (trouble === 'busy') {
      this.#waiting = group.concat(this.#waiting);
      this.#retryLater();
      return;
    }
    this.#busyTries = 0;
    // Each alone: the one that threw rejects, the others never notice.
    const left = trouble === 'call' ? this.#commitEach(group) : group.slice(trouble);
    this.#waiting = left.concat(this.#waiting);
    if (this.#waiting.length > 0) this.#schedule();
    // A turn later: what has come in meanwhile goes first.
    else if (this.#patient.length > 0) setImmediate(this.#whenFree);
  };

  readonly #whenFree = (): void => {
    if (this.#waiting.length === 0 && this.#patient.length > 0) this.#endOfPatience();
  };

  #writes(group: readonly Call[]): boolean {
    return group.some((call) => this.#ops[call.op]?.writes);
  }

  /** Returns the calls that are still to be run, because another writer came between. */
  #commitEach(group: readonly Call[]): Call[] {
    for (const [i, call] of group.entries()) {
      if (this.#commit([call]) === 'busy') return group.slice(i);
    }
    return [];
  }

  /** One transaction. Returns how many calls, from the first on, were answered; none for the troubles named. */
  #commit(group: readonly Call[]): number | 'busy' | 'call' {
    const writes = this.#writes(group);
    const results: unknown[] = [];
    try {
      const until = performance.now() + this.#options.groupMs;
      this.#db.run(writes ? 'BEGIN IMMEDIATE' : 'BEGIN');
      for (const call of group) {
        results.push(this.#run(call));
        if (performance.now() > until) break;
      }
      this.#db.run('COMMIT');
    } catch (error) {
      return this.#failed(group, error);
    }
    if (writes) this.#options.onCommit();
    results.forEach((result, i) => {
      group[i]?.resolve(result);
    });
    return results.length;
  }

  #failed(group: readonly Call[], error: unknown): number | 'busy' | 'call' {
    let trouble = troubleOf(error);
    try {
      if (this.#db.inTransaction) this.#db.run('ROLLBACK');
    } catch {
      trouble = 'storage';
    }
    if (trouble === 'busy') return 'busy';
    if (trouble === 'call' && group.length > 1) return 'call';
    const reason = trouble === 'storage' ? storageFault(error) : error;
    for (const call of group) call.reject(reason);
    return group.length;
  }

  #run(call: Call): unknown {
    const op = this.#ops[call.op];
    if (op === undefined) throw new TypeError(`no op is called ${call.op}`);
    return op.run(this.#db, call.args as never);
  }

  #retryLater(): void {
    this.#busyTries += 1;
    if (this.#busyTries === 1) this.#busySince = performance.now();
    const { busyLimitMs } = this.#options;
    if (performance.now() - this.#busySince > busyLimitMs) {
      this.#busyTries = 0;
      const fault = new Fault('unavailable', `another writer has held the database for ${busyLimitMs} ms`);
      for (const call of this.#waiting.splice(0)) call.reject(fault);
      return;
    }
    this.#scheduled = true;
    if (this.#busyTries <= BUSY_TURNS) setImmediate(this.#turn);
    else setTimeout(this.#turn, BUSY_DELAY_MS);
  }
}
