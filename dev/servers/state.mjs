import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';

/** The first start on a machine downloads and builds servers; a second call waits for it this long. */
const LOCK_TIMEOUT_MS = 600_000;

/**
 * The stored state of an instance: the way it runs, its ports (kept over a restart, so that the URLs stay the same), and
 * the processes that were started.
 *
 * @typedef {{ way: 'local' | 'docker', ports: Record<string, number>, processes: Record<string, { pid: number, identity: string }> }} State
 */

const file = (dir) => join(dir, 'state.json');

/** @returns {State | undefined} */
export function readState(dir) {
  if (!existsSync(file(dir))) return undefined;
  try {
    return JSON.parse(readFileSync(file(dir), 'utf8'));
  } catch (cause) {
    throw new Error(`${file(dir)} can't be read: ${cause.message}`, { cause });
  }
}

/** @param {State} state */
export function writeState(dir, state) {
  mkdirSync(dir, { recursive: true });
  const draft = `${file(dir)}.draft`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(draft, file(dir));
}

/**
 * Runs `work` while no other process does so in the same folder.
 *
 * @template T
 * @param {string} dir
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function locked(dir, work) {
  return withLock(join(dir, 'lock'), work, { timeoutMs: LOCK_TIMEOUT_MS });
}
