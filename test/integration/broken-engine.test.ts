import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFloodgate } from '../support/floodgate-process.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;

beforeEach(async () => {
  workspace = await createWorkspace();
});

afterEach(() => workspace.remove());

/** Loaded into every thread of the process; breaks the engine's when a file appears in the data folder. */
const SABOTAGE = `const { isMainThread } = require('node:worker_threads');
if (!isMainThread) require('node:fs').watch(process.env.DATA_DIR, (_, name) => {
  if (name === 'break') throw new Error('boom');
});`;

test('a process whose engine’s thread breaks ends with one line and code 1, so that a supervisor starts it anew', async () => {
  const preload = join(workspace.dataDir, 'preload.cjs');
  await writeFile(preload, SABOTAGE);
  const server = await startFloodgate({ ...workspace.env, NODE_OPTIONS: `--require ${preload}` });
  await writeFile(join(workspace.dataDir, 'break'), '');
  expect(await server.exited).toBe(1);
  expect(server.lines.filter((line) => line.startsWith('floodgate: '))).toEqual([
    'floodgate: the database thread failed: boom',
  ]);
});
