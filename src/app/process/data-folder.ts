import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Fault, messageOf } from '../../domain/errors.ts';
import { OWNER_FOLDER } from './private-files.ts';

/** Creates the data folder if missing, for its owner only, and checks that it is writable. Errors: Fault `config`. */
export async function makeDataFolder(dataDir: string): Promise<void> {
  try {
    await makeFolder(resolve(dataDir), OWNER_FOLDER);
    await access(dataDir, constants.W_OK);
  } catch (error) {
    throw new Fault('config', `DATA_DIR ${dataDir} can't be used: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Path of a file that an earlier start has made in the data folder. For commands that work on an installation: with a wrong
 * DATA_DIR they must not make a new one and report on that. Errors: Fault `config`.
 */
export async function existingFile(dataDir: string, name: string): Promise<string> {
  const path = join(dataDir, name);
  try {
    await access(path, constants.R_OK);
    return path;
  } catch (error) {
    throw new Fault('config', `DATA_DIR ${resolve(dataDir)} has no ${name} that can be read: is it the server's?`, {
      cause: error,
    });
  }
}

/**
 * Not with mkdir's `recursive`, which never returns in a folder that exists but accepts no subfolder, such as /proc.
 */
async function makeFolder(path: string, mode?: number): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path, { mode });
  } catch (error) {
    // Another process may have created it first.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
