import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { fuzzConfig } from './fuzz/config.mjs';
import { startTarget } from './fuzz/target.mjs';
import { ensureInstalled } from './install.mjs';
import { checkNodeVersion } from './node-version.mjs';
import { main, ROOT, run, StepFailure, say } from './run.mjs';

const HELP = `Usage: npm run fuzz -- [--examples n] [--seed n] [--as admin,buyer] [--front auto|uws|node]

Sends requests that the API reference allows and that it forbids to a server of its own, and checks every answer against the
reference. Needs Python 3.10 or newer; schemathesis is installed into .cache.
`;

/** Pinned: a newer version may check more, and a run should fail only because of a change here. */
const SCHEMATHESIS = 'schemathesis==4.32.5';
const VENV = join(ROOT, '.cache/fuzz');
const INSTALL_TIMEOUT_MS = 300_000;
/** For each operation. A release has to pass this many; during development fewer are enough. */
const EXAMPLES = '500';

/** Installs schemathesis into an environment of its own. Returns the path of its command. */
async function ensureSchemathesis() {
  const command = join(VENV, 'bin/schemathesis');
  if (existsSync(command)) return command;
  say(`installing ${SCHEMATHESIS} into .cache`);
  await run('Making a virtual environment', 'python3', ['-m', 'venv', VENV], { timeoutMs: INSTALL_TIMEOUT_MS });
  await run('Installing schemathesis', join(VENV, 'bin/pip'), ['install', '--quiet', SCHEMATHESIS], {
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  return command;
}

/** Runs schemathesis in the foreground, in a folder for its temporary files. Returns its exit code. */
async function fuzz(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

checkNodeVersion();
await main(async () => {
  const { values } = parseArgs({
    options: {
      examples: { type: 'string', default: EXAMPLES },
      seed: { type: 'string', default: '1' },
      as: { type: 'string', default: 'admin,buyer' },
      front: { type: 'string', default: 'auto' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  await ensureInstalled();
  await ensureBuilt();
  const command = await ensureSchemathesis();

  const failed = [];
  for (const role of values.as.split(',')) {
    const folder = await mkdtemp(join(tmpdir(), 'floodgate-fuzz-'));
    // A server for each role, because an admin closes sales and changes settings.
    const target = await startTarget(folder, { role, front: values.front });
    try {
      const config = join(folder, 'schemathesis.toml');
      await writeFile(config, fuzzConfig(target.known, values.front));
      say(`fuzzing ${target.url} as ${role}, ${values.examples} examples an operation`);
      const args = [
        ...['--config-file', config, 'run', `${target.url}/openapi.json`, '--no-color'],
        ...['--header', `Authorization: Bearer ${target.token}`, '--checks', 'all', '--continue-on-failure'],
        ...['--max-examples', values.examples, '--seed', values.seed],
      ];
      const code = await fuzz(command, args, folder);
      if (code !== 0) failed.push(`schemathesis as ${role} (${code})`);
      const trouble = await target.stop();
      if (trouble.length > 0) failed.push(`the log as ${role}:\n  ${trouble.slice(0, 10).join('\n  ')}`);
    } finally {
      await target.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
  if (failed.length > 0) throw new StepFailure(`The API reference was violated: ${failed.join('; ')}`);
  say('every answer conforms to the API reference');
});
