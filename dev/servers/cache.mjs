import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * One folder per user, not per clone: what is downloaded or built depends on its pinned definition only, so that a second
 * clone finds it there.
 */
function cacheFolder() {
  const base =
    process.env.FLOODGATE_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'floodgate');
  return join(base, 'servers');
}

/**
 * The folder of something that is downloaded or built once from the given definition files, whether it exists or not.
 *
 * @param {string} name
 * @param {readonly string[]} definitions paths of the files that decide what is made
 */
export function cachedFolder(name, definitions) {
  const hash = createHash('sha256');
  for (const path of definitions) hash.update(readFileSync(path));
  return join(cacheFolder(), `${name}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`);
}

/**
 * Makes such a folder unless it exists. `make` fills an empty folder, which is renamed when it is complete: a run that is
 * interrupted leaves nothing incomplete behind, nor do two that run at the same time.
 *
 * @param {string} folder from `cachedFolder`
 * @param {(draft: string) => Promise<void>} make
 */
export async function makeOnce(folder, make) {
  if (existsSync(folder)) return;
  mkdirSync(cacheFolder(), { recursive: true });
  const draft = mkdtempSync(join(cacheFolder(), '.draft-'));
  try {
    await make(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process was faster: its result is the same.
    if (!existsSync(folder)) throw error;
  }
}
