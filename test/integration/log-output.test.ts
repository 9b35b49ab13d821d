import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAIN } from '../support/floodgate-process.ts';
import { freePort } from '../support/free-port.ts';
import { createClient, inParallel } from '../support/http-client.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const REQUESTS = 64;

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

describe('a log that nobody takes does not stop the process', () => {
  const serve = async (stdout: 'pipe' | number, command: readonly string[]) => {
    const port = await freePort();
    const [program, ...args] = command as [string, ...string[]];
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH ?? '', ...workspace.env, PORT: String(port), LOG_LEVEL: 'trace' },
      stdio: ['ignore', stdout, 'inherit'],
    });
    const exited = once(child, 'exit');
    const client = createClient(port, 4);
    await expect
      .poll(
        () =>
          client.get('/readyz').then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 60_000 },
      )
      .toBe(200);
    await inParallel(REQUESTS, 4, async () => expect((await client.get('/v1/time')).status).toBe(200));
    const metrics = (await client.get('/metrics')).body;
    client.close();
    child.kill('SIGTERM');
    return { metrics, ended: await exited };
  };

  test.skipIf(!existsSync('/dev/full'))('because its disk is full', async () => {
    const { metrics, ended } = await serve(openSync('/dev/full', 'w'), [process.execPath, MAIN, 'serve']);
    expect(metrics).toMatch(/^floodgate_log_lines_dropped_total [1-9]/m);
    expect(ended).toEqual([0, null]);
  });
});
