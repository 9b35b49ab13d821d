import { statSync } from 'node:fs';
import { Fault } from '../../domain/errors.ts';

/** How soon an idle engine notices; a busy one notices with its next commit. */
const LOOK_EVERY_MS = 200;

interface Identity {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
}

export interface FileWatchOptions {
  /** The database file, open, with its WAL and shared memory beside it. */
  readonly file: string;
  /** Called once, when a file is no longer the one that was opened. */
  readonly onLost?: (fault: Fault) => void;
  /**
   * Copies what is in the WAL into the database file. Called, again and again, if only files beside the database were
   * removed: what was committed is then still in the removed WAL, and in no other place.
   */
  readonly rescue: () => void;
}

/**
 * Whether the database's files are still those that were opened. On POSIX a removed file can be written as before: without
 * this check, purchases would be acknowledged that nobody can read after a restart.
 */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #database: Identity | undefined;
  readonly #wal: Identity | undefined;
  readonly #sharedMemory: Identity | undefined;
  readonly #timer: NodeJS.Timeout;
  #lost: Fault | undefined;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    const { file } = options;
    this.#database = identityOf(file);
    this.#wal = identityOf(`${file}-wal`);
    this.#sharedMemory = identityOf(`${file}-shm`);
    this.#timer = setInterval(this.look, LOOK_EVERY_MS).unref();
  }

  /** The fault of every call since a file was lost. */
  get lost(): Fault | undefined {
    return this.#lost;
  }

  /** Looks at the files that a commit has written: 4 us [measured], to be called before each is acknowledged. */
  committed(): Fault | undefined {
    if (!isSame(this.#database) || !isSame(this.#wal)) this.look();
    return this.#lost;
  }

  /** Looks at all of them. */
  readonly look = (): void => {
    const changed = [this.#database, this.#wal, this.#sharedMemory].find((one) => !isSame(one));
    if (this.#lost === undefined) {
      if (changed === undefined) return;
      this.#lost = new Fault(
        'unavailable',
        `${changed?.path} was removed or replaced while it was open: put it back if it was moved, and restart the server`,
      );
      this.#options.onLost?.(this.#lost);
    }
    if (this.#canRescue()) this.#options.rescue();
  };

  close(): void {
    clearInterval(this.#timer);
  }

  /** Not if another file has taken the WAL's name: another process may be writing the database by now. */
  #canRescue(): boolean {
    if (!isSame(this.#database)) return false;
    return isSame(this.#wal) || (this.#wal !== undefined && identityOf(this.#wal.path) === undefined);
  }
}

function identityOf(path: string): Identity | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { path, dev: found.dev, ino: found.ino };
}

function isSame(opened: Identity | undefined): boolean {
  if (opened === undefined) return true;
  const now = statSync(opened.path, { throwIfNoEntry: false });
  return now !== undefined && now.ino === opened.ino && now.dev === opened.dev;
}
