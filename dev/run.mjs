import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Lines of a failed command that are shown: enough for the reason, short enough to be read. */
const TAIL_LINES = 20;

/** A step that failed for a reason that a person can act upon: its message is all they need to see. */
export class StepFailure extends Error {
  name = 'StepFailure';
}

/** Announces a step: what is done, and why it has to be. */
export function say(line) {
  console.log(`floodgate: ${line}`);
}

/**
 * Runs a command to its end, quietly. A failure, or `timeoutMs` gone by, is a StepFailure with the output's tail.
 *
 * @param {string} what completes the sentence "… failed"
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ timeoutMs: number }} options
 */
export async function run(what, command, args, { timeoutMs }) {
  const output = [];
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && command === 'npm',
  });
  const late = setTimeout(() => {
    output.push(`\nstopped after ${timeoutMs / 1000} s`);
    child.kill('SIGKILL');
  }, timeoutMs);
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  const end = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  clearTimeout(late);
  if (end === 0) return;
  const log = output.join('').trim().split('\n').slice(-TAIL_LINES);
  throw new StepFailure([`${what} failed (${end}). The end of its log:`, ...log].join('\n  '));
}

/** npm as the one that started us, if it did; else the one on the path. */
export function npm() {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('npm-cli.js') ? [process.execPath, cli] : ['npm'];
}

/** Runs a main function; a StepFailure becomes its message and exit code 1. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    console.error(`floodgate: ${error.message}`);
    process.exitCode = 1;
  }
}
