import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * One folder per user, not per clone: what is downloaded or built depends on nothing but its pinned definition,
 * so a second clone finds it there.
 */
export function cacheFolder() {
  const base =
    process.env.FLOODGATE_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'floodgate');
  return join(base, 'servers');
}

/**
 * The folder of something that is made once from the given definition files. `make` fills an empty folder, which
 * is renamed into place when it is whole: an interrupted or a parallel run leaves nothing half-made.
 *
 * @param {string} name
 * @param {readonly string[]} definitions paths of the files that decide what is made
 * @param {(folder: string) => Promise<void>} make
 * @returns {Promise<string>}
 */
export async function once(name, definitions, make) {
  const hash = createHash('sha256');
  for (const path of definitions) hash.update(readFileSync(path));
  const folder = join(cacheFolder(), `${name}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;

  mkdirSync(cacheFolder(), { recursive: true });
  const draft = mkdtempSync(join(cacheFolder(), '.draft-'));
  try {
    await make(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Somebody else was faster: theirs is as good.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
