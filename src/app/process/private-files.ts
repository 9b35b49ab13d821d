import { existsSync } from 'node:fs';
import { chmod, link, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../telemetry/log.ts';

/** The database holds what people bought, and the secret signs tokens: both are their owner's only. */
const OWNER_FILE = 0o600;
export const OWNER_FOLDER = 0o700;

/** Permissions of group and others. */
const OTHERS = 0o077;

/** The database, SQLite's files beside it, and the secret. */
const OURS = /^(floodgate\.db(-wal|-shm|-journal)?|jwt-secret)$/;

/**
 * Creates a database file that only its owner can read, unless there is one. SQLite takes an empty file for a new database,
 * and gives the files beside it the same mode. It is made under another name and linked: to close the database's own
 * file would drop the locks of an engine that has it open in this process.
 *
 * @param prepare makes a database of the empty draft, before anybody can open it
 */
export async function createPrivateFile(path: string, draft: string, prepare: (draft: string) => void): Promise<void> {
  if (existsSync(path)) return;
  try {
    await writeFile(draft, '', { mode: OWNER_FILE });
    prepare(draft);
    await link(draft, path);
  } catch {
    // Another process was first, the disk is full, or the file system has no links: SQLite then opens it, or says why not,
    // and the next start calls `tightenDataFolder`.
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Takes the permissions of group and others from the files of a data folder, and from the folder if there is nothing else
 * in it: what else shares it may depend on its mode. What can't be changed is logged as a warning.
 */
export async function tightenDataFolder(dataDir: string, log: Pick<Log, 'warn'>): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(dataDir);
  } catch {
    // It is created later, or the process that needs it reports why it can't be used.
    return;
  }
  const ours = names.filter((name) => OURS.test(name));
  if (ours.length === 0) return;
  for (const name of ours) await tighten(join(dataDir, name), OWNER_FILE, log);
  if (ours.length === names.length) return tighten(dataDir, OWNER_FOLDER, log);
  const mode = await openModeOf(dataDir);
  if (mode !== undefined) log.warn({ path: dataDir, mode }, 'the data folder is open to other users of this machine');
}

async function tighten(path: string, mode: number, log: Pick<Log, 'warn'>): Promise<void> {
  const before = await openModeOf(path);
  if (before === undefined) return;
  try {
    await chmod(path, mode);
  } catch (err) {
    log.warn({ err, path, mode: before }, 'open to other users of this machine, and its mode can’t be changed');
  }
}

/** The permissions, in octal, if group or others have any. */
async function openModeOf(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    return (mode & OTHERS) === 0 ? undefined : (mode & 0o777).toString(8);
  } catch {
    // Another process has just removed it, as SQLite does with the WAL.
    return undefined;
  }
}
