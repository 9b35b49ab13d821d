import { Checkpoints } from './checkpoints.ts';
import { connect } from './database.ts';
import { type Call, GroupCommit } from './group-commit.ts';
import { OPS } from './ops/table.ts';

/** The engine without its thread: the same in the caller's thread and in a worker. */
export interface EngineCore {
  submit(call: Call): void;
  /** Rejects the calls that are not answered yet; wait for them before closing. */
  close(): Promise<void>;
}

/** Errors: Fault `config` if the file cannot be used. */
export function openCore(file: string): EngineCore {
  const db = connect(file);
  const checkpoints = new Checkpoints(db, file);
  const groups = new GroupCommit(db, OPS, { onCommit: () => checkpoints.committed() });
  return {
    submit: (call) => groups.submit(call),
    close: async () => {
      groups.close();
      await checkpoints.close();
    },
  };
}
