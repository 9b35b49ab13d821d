/**
 * `npm run start:cluster`: two fronts on one port, two workers and a scheduler, each a process, on the development
 * servers. Ctrl-C stops the processes; the servers keep running (`npm run servers -- down` stops them).
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled, ensureKafkaClient } from './install.mjs';
import { main, ROOT, run, StepFailure, say } from './run.mjs';
import { DEFAULT_DIR, down, up } from './servers/index.mjs';

const MAIN = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const MIGRATE_TIMEOUT_MS = 60_000;

/** The first front creates the demo's sales and prints how to buy. */
const PROCESSES = [
  { name: 'front 1', command: 'demo', env: { ROLES: 'front', SHARED_PORT: 'on' } },
  { name: 'front 2', command: 'serve', env: { ROLES: 'front', SHARED_PORT: 'on' } },
  { name: 'worker 1', command: 'serve', env: { ROLES: 'worker' } },
  { name: 'worker 2', command: 'serve', env: { ROLES: 'worker' } },
  { name: 'scheduler', command: 'serve', env: { ROLES: 'scheduler' } },
];

await main(async () => {
  const { values } = parseArgs({ options: { reset: { type: 'boolean', default: false } } });
  await ensureInstalled();
  await ensureBuilt();
  await ensureKafkaClient();
  const dir = process.env.SERVERS_DIR ?? DEFAULT_DIR;
  if (values.reset) {
    say('starting over: removing the servers and their data');
    await down({ dir });
    await rm(dir, { recursive: true, force: true });
  }
  const { urls } = await up({ dir, log: say });
  const env = { LOG_LEVEL: 'warn', ...process.env, ...urls };
  await run('The migration of the database', process.execPath, [MAIN, 'migrate'], {
    timeoutMs: MIGRATE_TIMEOUT_MS,
    env,
  });
  const children = PROCESSES.map((spec) => ({
    ...spec,
    child: spawn(process.execPath, [MAIN, spec.command], { cwd: ROOT, stdio: 'inherit', env: { ...env, ...spec.env } }),
  }));
  let stopping = false;
  const stop = () => {
    stopping = true;
    for (const { child } of children) child.kill('SIGTERM');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const ends = await Promise.all(
    children.map(async ({ name, child }) => {
      const code = await new Promise((resolve) => child.on('exit', resolve));
      if (!stopping) say(`${name} ended with ${code}; stopping the others`);
      if (!stopping) stop();
      return code;
    }),
  );
  if (ends.some((code) => code !== 0)) throw new StepFailure('a process of the cluster failed');
});
