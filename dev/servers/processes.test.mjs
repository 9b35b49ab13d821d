import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEnded, identityOf, isAlive } from './processes.mjs';

const DAY_MS = 86_400_000;

describe('a process', () => {
  it('is alive until it has ended, and is distinguished from a later one with its number', async () => {
    const child = spawn(process.execPath, ['-e', `setTimeout(() => {}, ${DAY_MS})`]);
    await once(child, 'spawn');
    const { pid } = child;
    const which = { pid, identity: identityOf(pid) };
    expect(isAlive(which)).toBe(true);
    expect(isAlive({ pid, identity: 'another boot 1' })).toBe(false);
    expect(await hasEnded(which, 0)).toBe(false);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(which)).toBe(false);
    expect(await hasEnded(which, 0)).toBe(true);
  });
});

/** After a kill this is so for a moment: the first thread has ended, while another one keeps the process's files open. */
const FIRST_THREAD_ENDS = `
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>
static void *until_closed(void *none) { char byte; read(0, &byte, 1); return none; }
int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, until_closed, 0);
  syscall(SYS_exit, 0);
}`;

const HAS_COMPILER = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

describe.skipIf(!HAS_COMPILER)('a process whose first thread has ended', () => {
  let folder;
  let program;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'floodgate-threads-'));
    program = join(folder, 'threads');
    const built = spawnSync('cc', ['-pthread', '-x', 'c', '-', '-o', program], { input: FIRST_THREAD_ENDS });
    expect(built.stderr.toString()).not.toContain('error');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is alive until its last thread has', async () => {
    const child = spawn(program, { stdio: ['pipe', 'ignore', 'inherit'] });
    await once(child, 'spawn');
    const which = { pid: child.pid, identity: identityOf(child.pid) };
    await expect.poll(() => readFileSync(`/proc/${child.pid}/status`, 'utf8')).toMatch(/^State:\s+Z/m);
    expect(isAlive(which)).toBe(true);

    child.stdin.end();
    await once(child, 'exit');
    expect(isAlive(which)).toBe(false);
  });
});
