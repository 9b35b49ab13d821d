import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk that gets full and free again under a process. */
export interface SmallDisk {
  /** From now on the data folder takes at most so many bytes more. */
  fill(pid: number, roomBytes: number): void;
  /** There is room again, for this process and any other. */
  free(pid: number): void;
  remove(): void;
}

export interface SmallDiskKind {
  readonly name: string;
  /** Undefined where this machine doesn't allow it. */
  make(folder: string): SmallDisk | undefined;
}

/** Room for a sale of a few thousand tickets, twice. */
const TMPFS_BYTES = 16 * 1024 * 1024;

/** A file system of its own that really has no space left (ENOSPC); needs root. */
export const tmpfs: SmallDiskKind = {
  name: 'that has no space left',
  make: (folder) => {
    if (!succeeds('mount', '-t', 'tmpfs', '-o', `size=${TMPFS_BYTES}`, 'tmpfs', folder)) return undefined;
    const ballast = join(folder, 'ballast');
    return {
      fill: (_pid, roomBytes) => {
        const file = openSync(ballast, 'w');
        const { bavail, bsize } = statfsSync(folder);
        for (let left = bavail * bsize - roomBytes; left > 0; left -= bsize) writeSync(file, Buffer.alloc(bsize));
        closeSync(file);
      },
      free: () => rmSync(ballast, { force: true }),
      remove: () => void succeeds('umount', '--lazy', folder),
    };
  },
};

/** The most that a process may write into one file (RLIMIT_FSIZE, EFBIG); needs nobody's leave. */
export const fileSizeLimit: SmallDiskKind = {
  name: 'that takes no longer files',
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
