import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Lines of a failed command that are shown. Compilers give the reason at the end, npm at the beginning. */
const HEAD_LINES = 8;
const TAIL_LINES = 12;

/** A step that failed for a reason that a person can act upon: its message is all they need to see. */
export class StepFailure extends Error {
  name = 'StepFailure';
}

/** Announces a step: what is done, and why it has to be. */
export function say(line) {
  console.log(`floodgate: ${line}`);
}

/**
 * Runs a command to its end, quietly. A failure, or `timeoutMs` gone by, is a StepFailure with an excerpt of its output.
 *
 * @param {string} what completes the sentence "… failed"
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ timeoutMs: number, env?: NodeJS.ProcessEnv }} options
 */
export async function run(what, command, args, { timeoutMs, env = process.env }) {
  const output = [];
  const child = spawn(command, args, {
    cwd: ROOT,
    env,
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
  throw new StepFailure([`${what} failed (${end}). From its log:`, ...excerpt(output.join(''))].join('\n  '));
}

/** The beginning and the end of a log, without its empty lines. */
export function excerpt(log) {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  if (lines.length <= HEAD_LINES + TAIL_LINES) return lines;
  const left = lines.length - HEAD_LINES - TAIL_LINES;
  return [...lines.slice(0, HEAD_LINES), `… (${left} more lines)`, ...lines.slice(-TAIL_LINES)];
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
