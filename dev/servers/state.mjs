import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive } from './processes.mjs';

/** The first start on a machine downloads and builds; whoever comes second waits for it this long. */
const LOCK_TIMEOUT_MS = 600_000;
const LOCK_POLL_MS = 100;

/**
 * What an instance's folder knows of itself: the way it runs, its ports (kept over a restart, so that the URLs stay),
 * and the processes that were started.
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
 * Runs `work` while no other process does so in the same folder. The lock of a process that died is taken over.
 *
 * @template T
 * @param {string} dir
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function locked(dir, work) {
  mkdirSync(dir, { recursive: true });
  const lock = join(dir, 'lock');
  const mine = JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) });
  const end = performance.now() + LOCK_TIMEOUT_MS;
  while (!take(lock, mine)) {
    const holder = holderOf(lock);
    if (holder !== undefined && !isAlive(holder)) rmSync(lock, { force: true });
    else if (performance.now() > end) throw new Error(`${lock} is held by another process`);
    else await delay(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock, mine) {
  try {
    writeFileSync(lock, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined while the holder is about to write, or has just let go. */
function holderOf(lock) {
  try {
    return JSON.parse(readFileSync(lock, 'utf8'));
  } catch {
    return undefined;
  }
}
