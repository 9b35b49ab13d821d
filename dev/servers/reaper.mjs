/**
 * Stops an instance when the process that started it has ended, also by kill -9: its end closes this process's standard
 * input. Arguments: the instance's folder, and `temporary` when the folder is removed too.
 */
import { rmSync } from 'node:fs';
import { localServers } from './local.mjs';
import { readState } from './state.mjs';

const [, , dir, temporary] = process.argv;
// Ctrl-C signals the whole process group, and the reaper has to outlive its owner.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});

process.stdin.resume();
process.stdin.on('close', async () => {
  const state = readState(dir);
  // Without a state the owner has stopped its servers itself.
  if (state === undefined) return;
  await localServers({ dir, log: () => {} }).stopAll(Object.keys(state.processes));
  if (temporary === 'temporary') rmSync(dir, { recursive: true, force: true });
});
