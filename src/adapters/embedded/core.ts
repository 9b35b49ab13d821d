import { Checkpoints } from './checkpoints.ts';
import { connect } from './database.ts';
import { type Call, GroupCommit } from './group-commit.ts';
import { OPS } from './ops/table.ts';

/** What an engine is made of, in whichever thread it runs. */
export interface EngineCore {
  submit(call: Call): void;
  /** Calls that are not answered are refused; wait for them before closing. */
  close(): Promise<void>;
}

/** Errors: Fault `config` when the file can't be used. */
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
