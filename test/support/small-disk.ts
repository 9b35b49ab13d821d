import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk that can be filled up and freed again while a process uses it. */
export interface SmallDisk {
  /** Leaves at most so many bytes of space for the data folder. */
  fill(pid: number, roomBytes: number): void;
  /** Frees the space again, for this process and any other. */
  free(pid: number): void;
  remove(): void;
}

export interface SmallDiskKind {
  readonly name: string;
  /** Undefined if this machine does not allow it. */
  make(folder: string): SmallDisk | undefined;
}

/** Twice the space of a sale of a few thousand tickets. */
const TMPFS_BYTES = 16 * 1024 * 1024;
const BALLAST_BLOCK = 4096;

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** A file system without space left (ENOSPC); needs root. */
export const tmpfs: SmallDiskKind = {
  name: 'that has no space left',
  make: (folder) => {
    if (!succeeds('mount', '-t', 'tmpfs', '-o', `size=${TMPFS_BYTES}`, 'tmpfs', folder)) return undefined;
    const ballast = join(folder, 'ballast');
    return {
      fill: (_pid, roomBytes) => {
        const file = openSync(ballast, 'w');
        try {
          while (freeBytes(folder) > roomBytes) writeSync(file, Buffer.alloc(BALLAST_BLOCK));
        } catch (error) {
          // The server writes to the same disk meanwhile, and may take the last of it.
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        } finally {
          closeSync(file);
        }
      },
      free: () => rmSync(ballast, { force: true }),
      remove: () => void succeeds('umount', '--lazy', folder),
    };
  },
};

/** A limit of the size of files (RLIMIT_FSIZE, EFBIG); needs no privileges. */
export const fileSizeLimit: SmallDiskKind = {
  name: 'that limits the size of files',
  make: (folder) => {
    if (!succeeds('prlimit', '--version')) return undefined;
    const limit = (pid: number, bytes: number | 'unlimited') =>
      execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
    return {
      fill: (pid, roomBytes) => limit(pid, statSync(join(folder, 'floodgate.db-wal')).size + roomBytes),
      free: (pid) => void limit(pid, 'unlimited'),
      remove: () => {},
    };
  },
};

function succeeds(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
