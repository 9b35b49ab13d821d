import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './run.mjs';
import { countTests } from './test-counts.mjs';

/**
 * Runs vitest once and counts. A signal that asks this process to end is passed on to vitest and its workers, whose end is
 * awaited, so that the caller can still stop the servers of the tests.
 *
 * @param {readonly string[]} args vitest's own: paths, `-t name`, `--project unit`
 * @param {NodeJS.ProcessEnv} env
 */
export async function runVitest(args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'floodgate-test-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  try {
    const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      // A process group of its own, because vitest leaves its workers running when it is terminated.
      detached: true,
    });
    const pass = (signal) => process.kill(-child.pid, signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    const exitCode = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
    process.off('SIGINT', pass).off('SIGTERM', pass);
    return countTests(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined, exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
