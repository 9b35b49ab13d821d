import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAIN } from '../support/floodgate-process.ts';
import { createClient } from '../support/http-client.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

/** Starts the demo, reads its sales after the welcome, and stops it. */
async function demo(...args: readonly string[]): Promise<{ shown: readonly string[]; phases: Record<string, string> }> {
  const child = spawn(process.execPath, [MAIN, 'demo', ...args], {
    env: { ...workspace.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let welcome = '';
  for await (const line of createInterface({ input: child.stdout })) {
    welcome += `${line}\n`;
    if (line.startsWith('Ctrl-C')) break;
  }
  const client = createClient(Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(welcome)?.[1]), 1);
  const { items } = JSON.parse((await client.get('/v1/sales')).body) as { items: { id: string; phase: string }[] };
  client.close();
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  const shown = [...welcome.matchAll(/: (demo-\d+), 1000 tickets/g)].map(([, id]) => id as string);
  return { shown, phases: Object.fromEntries(items.map(({ id, phase }) => [id, phase])) };
}

test('the demo keeps its sales over a restart, and --reset starts with new ones', async () => {
  const pair = { 'demo-1': 'live', 'demo-2': 'upcoming' };
  expect(await demo()).toEqual({ shown: ['demo-1', 'demo-2'], phases: pair });
  expect(await demo()).toEqual({ shown: ['demo-1', 'demo-2'], phases: pair });
  expect(await demo('--reset')).toEqual({
    shown: ['demo-3', 'demo-4'],
    phases: { 'demo-1': 'closed', 'demo-2': 'closed', 'demo-3': 'live', 'demo-4': 'upcoming' },
  });
});
