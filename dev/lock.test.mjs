import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

let folder;
let lock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'floodgate-lock-'));
  lock = join(folder, 'deep/lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Leaves a lock behind, as a process does that was killed. */
async function leaveLock(content) {
  await withLock(lock, async () => {});
  writeFileSync(lock, content);
}

const lockOfEndedProcess = () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  return JSON.stringify({ pid, identity: 'another boot 1' });
};

describe('withLock', () => {
  it('returns what the body returns, and releases the lock', async () => {
    const held = await withLock(lock, async () => JSON.parse(readFileSync(lock, 'utf8')));
    expect(held.pid).toBe(process.pid);
    expect(existsSync(lock)).toBe(false);
  });

  it('releases the lock when the body throws', async () => {
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over the lock of a process that has ended', async () => {
    await leaveLock(lockOfEndedProcess());
    expect(await withLock(lock, async () => 'mine')).toBe('mine');
  });

  it('takes over the lock of an ended process whose number another one has now', async () => {
    await leaveLock(JSON.stringify({ pid: process.pid, identity: 'another boot 1' }));
    expect(await withLock(lock, async () => 'mine')).toBe('mine');
  });

  it('takes over a lock that names no holder', async () => {
    await leaveLock('12');
    expect(await withLock(lock, async () => 'mine')).toBe('mine');
  });

  it('lets one call of a process in at a time', async () => {
    const journal = [];
    const visit = () =>
      withLock(lock, async () => {
        journal.push('in');
        await new Promise((resolve) => setImmediate(resolve));
        journal.push('out');
      });
    await Promise.all([visit(), visit(), visit()]);
    expect(journal).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
  });

  it('reports the holder once while it waits, and gives up after its time limit', async () => {
    const holders = [];
    const late = withLock(lock, () =>
      withLock(lock, async () => {}, { timeoutMs: 250, onWait: (pid) => holders.push(pid) }),
    );
    await expect(late).rejects.toThrow('held by another process');
    expect(holders).toEqual([process.pid]);
  });

  it('lets one process in at a time when many start together and an ended one holds the lock', async () => {
    await leaveLock(lockOfEndedProcess());
    const journal = join(folder, 'journal');
    const script = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as delay } from 'node:timers/promises';
      import { withLock } from ${JSON.stringify(new URL('./lock.mjs', import.meta.url).href)};
      await withLock(${JSON.stringify(lock)}, async () => {
        appendFileSync(${JSON.stringify(journal)}, 'in ');
        await delay(20);
        appendFileSync(${JSON.stringify(journal)}, 'out\\n');
      });`;
    const exits = Array.from({ length: 5 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
      return new Promise((resolve) => child.on('close', resolve));
    });
    expect(await Promise.all(exits)).toEqual([0, 0, 0, 0, 0]);
    expect(readFileSync(journal, 'utf8')).toBe('in out\n'.repeat(5));
  });
});
