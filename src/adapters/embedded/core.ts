import type { Fault } from '../../domain/errors.ts';
import { Checkpoints } from './checkpoints.ts';
import { connect } from './database.ts';
import { FileWatch } from './file-watch.ts';
import { type Call, GroupCommit } from './group-commit.ts';
import { OPS } from './ops/table.ts';

/** The engine without its thread: the same in the caller's thread and in a worker. */
export interface EngineCore {
  submit(call: Call): void;
  /** Rejects the calls that are not answered yet; wait for them before closing. */
  close(): Promise<void>;
}

export interface CoreOptions {
  readonly file: string;
  /** Called once, when the database's files are no longer those that were opened. */
  readonly onLost?: (fault: Fault) => void;
}

/** Errors: Fault `config` if the file cannot be used. */
export function openCore({ file, onLost }: CoreOptions): EngineCore {
  const db = connect(file);
  const checkpoints = new Checkpoints(db, file);
  const files = new FileWatch({
    file,
    rescue: () => checkpoints.copyAll(),
    ...(onLost === undefined ? {} : { onLost }),
  });
  const groups = new GroupCommit(db, OPS, {
    onCommit: () => checkpoints.committed(),
    fault: (isCommitted) => (isCommitted ? files.committed() : files.lost),
  });
  return {
    submit: (call) => groups.submit(call),
    close: async () => {
      files.close();
      files.look();
      // SQLite would remove the WAL by its name, which another process's may have by now. The process ends anyway.
      if (files.lost !== undefined) {
        groups.stop();
        return checkpoints.stop();
      }
      groups.close();
      await checkpoints.close();
    },
  };
}
