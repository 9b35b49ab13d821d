import type { Fault } from '../../domain/errors.ts';
import type { OpArgs, OpName, OpResult } from './ops/table.ts';

export interface Engine {
  /**
   * Resolves once the op's transaction is on disk. Calls run in the order in which they were made.
   * Errors: Fault `unavailable` (locked for too long, disk full, I/O error, closed) and `corrupt`; or what the op threw.
   */
  call<Name extends OpName>(op: Name, args: OpArgs<Name>): Promise<OpResult<Name>>;

  /** Waits for the calls that were made, refuses later ones, and closes the file. */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** The database file; its folder must exist. */
  readonly file: string;
  /** The built worker.js, to run the engine in its own thread; false runs it in the caller's thread. */
  readonly thread: URL | false;
  /** Called once, when the file was removed or replaced: every call is rejected from then on. */
  readonly onLost?: (fault: Fault) => void;
  /** Called once if the engine's thread ends by itself: every call is rejected from then on. */
  readonly onBroken?: (fault: Fault) => void;
}
