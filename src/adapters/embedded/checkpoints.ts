import { fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import CheckpointConnection from 'libsql/promise';
import type { Connection } from './database.ts';

// By `get`: each `all` of this statement leaks a kilobyte outside of the V8 heap [measured].
const CHECKPOINT = 'PRAGMA wal_checkpoint(PASSIVE)';

/**
 * Delay between a commit and the checkpoint of its WAL, which is some 80 MiB by then under full load. Throughput is the
 * same for 300 to 3,000 ms [measured]; a longer delay makes opening after a crash slower.
 */
const DELAY_MS = 500;

/** After a pass that took less than this, the WAL has grown by a few hundred pages at most. */
const SHORT_PASS_MS = 8;
const MAX_PASSES = 4;

const syncFile = promisify(fsync);

/**
 * Checkpoints the WAL without stopping the engine. SQLite would do it within one of the engine's commits: it would copy
 * tens of thousands of pages to the database file and sync it, and no call would be answered for 60 ms. Here a second
 * connection copies the pages in a thread of the driver while the engine goes on, and the file is synced in a thread of
 * libuv. That is repeated for the pages that the engine has written meanwhile, until few are left. The engine copies the
 * last ones itself, between two transactions: only a checkpoint that reaches the end of the WAL lets SQLite restart it.
 *
 * Durability does not depend on the first two steps: SQLite itself syncs the WAL before it copies pages, and the database
 * file before it restarts the WAL. If the process dies between any two steps, the WAL is still complete.
 */
export class Checkpoints {
  readonly #db: Connection;
  readonly #second: InstanceType<typeof CheckpointConnection>;
  readonly #fd: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /** `db`: the engine's connection to `file`. Errors: those of opening the file. */
  constructor(db: Connection, file: string) {
    this.#db = db;
    this.#second = new CheckpointConnection(file, {});
    // Never closed: closing any descriptor of a file drops all POSIX locks of the process on it, SQLite's included.
    this.#fd = openSync(file, 'r');
  }

  /** To be called after each commit of the engine. */
  committed(): void {
    this.#timer ??= setTimeout(this.#due, DELAY_MS).unref();
  }

  /** Checkpoints now. Never rejects: pages that could not be copied stay in the WAL until the next checkpoint. */
  async run(): Promise<void> {
    this.#running ??= this.#checkpoint();
    await this.#running;
  }

  /** Copies what it can at once, by the engine's connection. Never throws. */
  copyAll(): void {
    try {
      this.#db.get(CHECKPOINT);
    } catch {
      // Called again soon.
    }
  }

  /** Starts no more, and waits for the one that is running. */
  async stop(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Waits for the checkpoint that is running. The engine's connection may be closed before. */
  async close(): Promise<void> {
    await this.stop();
    this.#second.close();
  }

  readonly #due = (): void => {
    void this.run();
  };

  async #checkpoint(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      for (let passes = 0; passes < MAX_PASSES && !this.#closed && !(await this.#pass()); passes += 1);
      if (!this.#closed) this.#db.get(CHECKPOINT);
    } catch {
      // A commit that fails for the same reason reports it to its callers.
    } finally {
      this.#running = undefined;
    }
  }

  /** Copies and syncs the pages that are in the WAL at its start. True if they were few. */
  async #pass(): Promise<boolean> {
    const start = performance.now();
    await this.#second.exec(CHECKPOINT);
    await syncFile(this.#fd);
    return performance.now() - start < SHORT_PASS_MS;
  }
}
