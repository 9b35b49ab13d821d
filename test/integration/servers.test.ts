import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { down, HAS_OWN_REDIS, status, up } from '../support/servers.ts';
import type { TempFolder } from '../support/temp-folder.ts';
import { tempFolder } from '../support/temp-folder.ts';

const REDIS = { only: ['redis'], way: 'local' } as const;
const INDEX = new URL('../../dev/servers/index.mjs', import.meta.url);

/** Whether the process runs; a zombie does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function ask<T>(url: string | undefined, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url ?? '');
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

/** Redis only, because it starts fastest. */
describe.skipIf(TEST_REDIS_URL === undefined || !HAS_OWN_REDIS)('the servers tool, with TEST_REDIS_URL', () => {
  let folder: TempFolder;
  let dir: string;

  beforeEach(() => {
    folder = tempFolder();
    dir = folder.path;
  });
  afterEach(async () => {
    await down({ dir });
    folder.remove();
  });

  it('does not restart what runs', async () => {
    const first = await up({ ...REDIS, dir });
    const again = await up({ ...REDIS, dir });

    expect(again.pid('redis')).toBe(first.pid('redis'));
    expect(again.urls).toEqual(first.urls);
  });

  it('keeps data and address over a restart', async () => {
    const first = await up({ ...REDIS, dir });
    await ask(first.urls.REDIS_URL, (redis) => redis.set('kept', 'yes'));
    const pid = first.pid('redis') ?? 0;
    expect(await down({ dir })).toEqual(['redis']);
    expect(isAlive(pid)).toBe(false);
    expect(await status({ dir })).toContainEqual(expect.objectContaining({ name: 'redis', up: false }));

    const { urls } = await up({ ...REDIS, dir });
    expect(urls).toEqual(first.urls);
    expect(await ask(urls.REDIS_URL, (redis) => redis.get('kept'))).toBe('yes');
  });

  it('restarts one that another process has killed', async () => {
    const { urls, pid } = await up({ ...REDIS, dir });
    process.kill(pid('redis') ?? 0, 'SIGKILL');
    await expect.poll(() => pid('redis')).toBeUndefined();
    const again = await up({ ...REDIS, dir });

    expect(again.urls).toEqual(urls);
    expect(await ask(urls.REDIS_URL, (redis) => redis.ping())).toBe('PONG');
  });

  it('stops one that is suspended', async () => {
    const lines: string[] = [];
    const { pid, signal, stop } = await up({ ...REDIS, dir, log: (line) => lines.push(line) });
    const number = pid('redis') ?? 0;
    await signal('redis', 'SIGSTOP');
    await stop('redis');

    expect(isAlive(number)).toBe(false);
    expect(lines).toEqual(['starting Redis']);
  });

  it('never signals a process that only has the number of one that it started', async () => {
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(bystander, 'spawn');
    await up({ ...REDIS, dir });
    await down({ dir });
    const file = join(dir, 'state.json');
    const state = JSON.parse(readFileSync(file, 'utf8'));
    state.processes = { redis: { pid: bystander.pid, identity: 'another boot 1' } };
    writeFileSync(file, JSON.stringify(state));
    await down({ dir });

    expect(isAlive(bystander.pid ?? 0)).toBe(true);
    bystander.kill('SIGKILL');
  });

  it('reports the end of the log of a server that does not start, and leaves no process behind', async () => {
    await expect(up({ ...REDIS, dir, args: { redis: ['--no-such-setting', 'x'] } })).rejects.toThrow(
      /Redis ended before it was ready\n.*redis\.log[\s\S]*no-such-setting/,
    );
    expect(await status({ dir })).toContainEqual(expect.objectContaining({ name: 'redis', up: false }));
  });

  it('removes its temporary folder when it is stopped', async () => {
    const servers = await up(REDIS);
    const pid = servers.pid('redis') ?? 0;
    await servers.stop();

    expect(isAlive(pid)).toBe(false);
    expect(existsSync(servers.dir)).toBe(false);
  });

  it('stops the servers when the process that asked for them is killed', async () => {
    const program = `const { up } = await import('${INDEX.href}');
      const s = await up({ only: ['redis'], way: 'local' });
      console.log(JSON.stringify({ pid: s.pid('redis'), dir: s.dir }));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
    const { pid, dir: home } = JSON.parse(line) as { pid: number; dir: string };
    expect(isAlive(pid)).toBe(true);
    owner.kill('SIGKILL');

    await expect.poll(() => isAlive(pid) || existsSync(home), { timeout: 10_000 }).toBe(false);
  });
});
