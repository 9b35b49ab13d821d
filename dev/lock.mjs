import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pollUntil } from './poll.mjs';
import { identityOf, isAlive } from './servers/processes.mjs';

/** How often a waiting process tries to take the lock. */
const POLL_MS = 100;

/**
 * Runs `body` while no other process of this machine, and no other call of this one, holds the lock. The lock is a file
 * that names its holder; the lock of a process that has ended is taken over.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} body
 * @param {{ timeoutMs?: number, onWait?: (pid: number) => void }} [options] `onWait` is called once, with the holder's pid
 * @returns {Promise<T>}
 */
export async function withLock(file, body, { timeoutMs, onWait = () => {} } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  const own = JSON.stringify({ pid: process.pid, identity: identityOf(process.pid) });
  let announced = false;
  const taken = await pollUntil(
    () => {
      const holder = takeOrFindHolder(file, own);
      if (holder === undefined) return true;
      if (!announced) onWait(holder.pid);
      announced = true;
      return false;
    },
    { everyMs: POLL_MS, timeoutMs },
  );
  if (!taken) throw new Error(`${file} is held by another process`);
  try {
    return await body();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Undefined when the lock has been taken; else the process that holds it. */
function takeOrFindHolder(file, own) {
  while (!take(file, own)) {
    const text = contentOf(file);
    // Given up since.
    if (text === undefined) continue;
    const holder = parse(text);
    if (isHolding(holder)) return holder;
    evict(file, text);
  }
  return undefined;
}

/** Links to a complete file, so that no process ever reads a lock without its holder. */
function take(file, own) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, own);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Undefined when there is no lock. */
function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text) {
  try {
    const { pid, identity } = JSON.parse(text);
    return { pid, identity };
  } catch {
    return undefined;
  }
}

function isHolding(holder) {
  if (!Number.isInteger(holder?.pid)) return false;
  if (holder.identity !== undefined) return isAlive(holder);
  // Where a process has no identity (Windows), its number has to do; our own can only be left over from an earlier process.
  if (holder.pid === process.pid) return false;
  try {
    return process.kill(holder.pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Renaming lets one process win among those that saw the same ended holder; a lock taken meanwhile is put back. */
function evict(file, text) {
  const aside = `${file}.${process.pid}.old`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (contentOf(aside) === text) rmSync(aside, { force: true });
  else renameSync(aside, file);
}
