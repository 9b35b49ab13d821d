import { fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import SideConnection from 'libsql/promise';
import type { Connection } from './database.ts';

// By `get`: each `all` of it leaves a kilobyte behind outside of V8 [measured].
const CHECKPOINT = 'PRAGMA wal_checkpoint(PASSIVE)';

/**
 * After so long the WAL is brought home: some 80 MiB of it under full load. What is sold does not differ between 300 and
 * 3,000 ms [measured]; a longer one makes opening after a crash slower.
 */
const EVERY_MS = 500;

/** When a pass took less than this, what has come in meanwhile is a few hundred pages. */
const SHORT_PASS_MS = 8;
const MAX_PASSES = 4;

const syncFile = promisify(fsync);

/**
 * Brings the WAL home without stopping the engine for it. SQLite would do all of it in one of the engine's commits: tens of
 * thousands of pages copied to the database's file and synced, 60 ms in which nobody is answered. Here another connection
 * copies, in a thread of the driver's, while the engine goes on; then the file is synced, in a thread of libuv's. That is
 * done again for the pages that the engine has written meanwhile, until few are left. Those the engine copies itself,
 * between two transactions: only a checkpoint that reaches the WAL's end lets SQLite begin it anew.
 *
 * Nothing depends on the first two steps: SQLite itself syncs the WAL before it copies, and the database's file before it
 * lets go of the WAL. A process that dies between any two steps leaves a WAL that still has everything.
 */
export class Checkpoints {
  readonly #db: Connection;
  readonly #side: InstanceType<typeof SideConnection>;
  readonly #fd: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /** `db`: the engine's connection to `file`. Errors: those of opening the file. */
  constructor(db: Connection, file: string) {
    this.#db = db;
    this.#side = new SideConnection(file, {});
    // Never closed: whoever closes any descriptor of a file loses the process's locks on it, SQLite's too (POSIX).
    this.#fd = openSync(file, 'r');
  }

  /** The engine has committed. */
  committed(): void {
    this.#timer ??= setTimeout(this.#due, EVERY_MS).unref();
  }

  /** Brings the WAL home now. Never rejects: the WAL keeps what could not be brought home, for the next time. */
  async run(): Promise<void> {
    this.#running ??= this.#bringHome();
    await this.#running;
  }

  /** Waits for what is under way; the engine's connection may be closed before. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
    this.#side.close();
  }

  readonly #due = (): void => {
    void this.run();
  };

  async #bringHome(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      for (let passes = 0; passes < MAX_PASSES && !this.#closed && !(await this.#pass()); passes += 1);
      if (!this.#closed) this.#db.get(CHECKPOINT);
    } catch {
      // A commit that meets the same trouble reports it to its callers.
    } finally {
      this.#running = undefined;
    }
  }

  /** Copies and syncs what stands in the WAL as it begins. True when there was little. */
  async #pass(): Promise<boolean> {
    const start = performance.now();
    await this.#side.exec(CHECKPOINT);
    await syncFile(this.#fd);
    return performance.now() - start < SHORT_PASS_MS;
  }
}
