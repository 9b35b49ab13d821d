import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault, messageOf } from '../../domain/errors.ts';

/** Makes the data folder unless it is there, and looks whether it can be written. Errors: Fault `config`. */
export async function makeDataFolder(dataDir: string): Promise<void> {
  try {
    await makeFolder(resolve(dataDir));
    await access(dataDir, constants.W_OK);
  } catch (error) {
    throw new Fault('config', `DATA_DIR ${dataDir} can't be used: ${messageOf(error)}`, { cause: error });
  }
}

/** Not by mkdir's `recursive`, which never returns where a folder exists but takes no other into it, as /proc does. */
async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path);
  } catch (error) {
    // Another process may have been first.
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
