/**
 * Stops an instance when the process that started it is gone, however it went: its end closes our standard input,
 * kill -9 included. Called with the instance's folder, and `temporary` when the folder goes too.
 */
import { rmSync } from 'node:fs';
import { localServers } from './local.mjs';
import { readState } from './state.mjs';

const [, , dir, temporary] = process.argv;
// A Ctrl-C goes to the whole group of processes; the guard has to outlive its owner.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});

process.stdin.resume();
process.stdin.on('close', async () => {
  const state = readState(dir);
  // Without a state the owner has cleaned up by itself.
  if (state === undefined) return;
  await localServers({ dir, log: () => {} }).stopAll(Object.keys(state.processes));
  if (temporary === 'temporary') rmSync(dir, { recursive: true, force: true });
});
