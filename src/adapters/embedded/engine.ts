/**
 * The one writer of the embedded database file. Adapters call ops by name; the engine runs them in group commits
 * (group-commit.ts), in the caller's thread or in its own, and answers when they are on disk.
 *
 * To add an op: write a synchronous function of the database in ops/<subject>/ (the rules are in ops/op.ts), name it
 * in ops/table.ts, and call it from an adapter: `engine.call('queue.close', { saleId, epoch })` is then typed.
 */
import { type CoreOptions, openCore } from './core.ts';
import type { Engine, EngineOptions } from './engine-types.ts';
import { OpenCalls } from './open-calls.ts';
import { openWorkerEngine } from './worker-engine.ts';

export type { Engine, EngineOptions } from './engine-types.ts';

/** Errors: Fault `config` if the file cannot be opened, or was written by a later release. */
export function openEngine({ file, thread, ...callbacks }: EngineOptions): Promise<Engine> {
  return thread === false
    ? openInlineEngine({ file, ...callbacks })
    : openWorkerEngine(file, { script: thread, ...callbacks });
}

async function openInlineEngine(options: CoreOptions): Promise<Engine> {
  const core = openCore(options);
  const inFlight = new OpenCalls();
  return {
    call: (op, args) =>
      inFlight.add((resolve, reject) => {
        core.submit({ op, args, resolve: resolve as (result: unknown) => void, reject });
      }),
    close: () => inFlight.close(() => core.close()),
  };
}
