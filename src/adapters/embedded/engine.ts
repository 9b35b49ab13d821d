/**
 * The one writer of the embedded database file. Adapters ask it to run ops, by name; it runs them in group commits
 * (group-commit.ts), in this thread or in one of its own, and answers when they are on disk.
 *
 * To add an op: write a synchronous function over the database in ops/<meaning>/ (the rules are in ops/op.ts), name it
 * in ops/table.ts, and call it from an adapter: `engine.call('queue.close', { saleId, epoch })` is then typed.
 */
import { connect } from './database.ts';
import { GroupCommit } from './group-commit.ts';
import type { OpArgs, OpName, OpResult } from './ops/table.ts';
import { OPS } from './ops/table.ts';
import { Pending } from './pending.ts';
import { openWorkerEngine } from './worker-engine.ts';

export interface Engine {
  /**
   * Resolves once the op's transaction is on disk. Calls run in the order in which they were made.
   * Errors: Fault `unavailable` (locked for too long, disk full, I/O error, closed) and `corrupt`; or what the op threw.
   */
  call<Name extends OpName>(op: Name, args: OpArgs<Name>): Promise<OpResult<Name>>;

  /** Answers the calls that were made, refuses later ones, and closes the file. */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** The database file; its folder must exist. */
  readonly file: string;
  /** The built worker.js, to run in a thread of its own; false runs in this thread. */
  readonly thread: URL | false;
}

/** Errors: Fault `config` when the file can't be opened, or was made by a later release. */
export function openEngine({ file, thread }: EngineOptions): Promise<Engine> {
  return thread === false ? openInlineEngine(file) : openWorkerEngine(file, thread);
}

async function openInlineEngine(file: string): Promise<Engine> {
  const groups = new GroupCommit(connect(file), OPS);
  const pending = new Pending();
  return {
    call: (op, args) =>
      pending.add((resolve, reject) => {
        groups.submit({ op, args, resolve: resolve as (result: unknown) => void, reject });
      }),
    close: () => pending.close(() => groups.close()),
  };
}
