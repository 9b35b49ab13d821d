/**
 * The one writer of the embedded database file. Adapters ask it to run ops, by name; it runs them in group commits
 * (group-commit.ts), in this thread or in one of its own, and answers when they are on disk.
 *
 * To add an op: write a synchronous function over the database in ops/<meaning>/ (the rules are in ops/op.ts), name it
 * in ops/table.ts, and call it from an adapter: `engine.call('queue.close', { saleId, epoch })` is then typed.
 */
import { openCore } from './core.ts';
import type { Engine, EngineOptions } from './engine-types.ts';
import { Pending } from './pending.ts';
import { openWorkerEngine } from './worker-engine.ts';

export type { Engine, EngineOptions } from './engine-types.ts';

/** Errors: Fault `config` when the file can't be opened, or was made by a later release. */
export function openEngine({ file, thread }: EngineOptions): Promise<Engine> {
  return thread === false ? openInlineEngine(file) : openWorkerEngine(file, thread);
}

async function openInlineEngine(file: string): Promise<Engine> {
  const core = openCore(file);
  const pending = new Pending();
  return {
    call: (op, args) =>
      pending.add((resolve, reject) => {
        core.submit({ op, args, resolve: resolve as (result: unknown) => void, reject });
      }),
    close: () => pending.close(() => core.close()),
  };
}
