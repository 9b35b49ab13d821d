import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { say } from './run.mjs';

/** How often a waiting process looks whether it is its turn. */
const LOOK_AGAIN_MS = 200;

/**
 * Runs `body` while no other process of this machine holds the lock. The lock is a file with its owner's pid; one
 * whose owner is gone is taken over.
 */
export async function withLock(file, body) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    const owner = ownerOf(file);
    if (owner === undefined) continue;
    if (!alive(owner)) {
      evict(file, owner);
      continue;
    }
    if (!told) say(`waiting for process ${owner}, which is installing or building here`);
    told = true;
    await delay(LOOK_AGAIN_MS);
  }
  try {
    return await body();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A hard link to a file written before: nobody ever sees a lock that doesn't name its owner. */
function take(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Undefined when the lock has just been given up. */
function ownerOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function alive(pid) {
  // A lock with our own pid is a leftover: in containers the same small pids come back.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Renaming picks one winner among those who saw the same dead owner; a lock taken meanwhile is given back. */
function evict(file, owner) {
  const aside = `${file}.${process.pid}.old`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (ownerOf(aside) === owner) rmSync(aside, { force: true });
  else renameSync(aside, file);
}
