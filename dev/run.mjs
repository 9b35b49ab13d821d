import { fileURLToPath } from 'node:url';
import { CommandFailure, run as runCommand } from './servers/run.mjs';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Lines of a failed command that are shown. Compilers give the reason at the end, npm at the beginning. */
const HEAD_LINES = 8;
const TAIL_LINES = 12;

/** A step that failed for a reason that the user can act on: the message says all, so no stack is printed. */
export class StepFailure extends Error {
  name = 'StepFailure';
}

/** Announces a step: what is done, and why it is necessary. */
export function say(line) {
  console.log(`floodgate: ${line}`);
}

/**
 * Runs a command to its end without showing its output. Errors: StepFailure with an excerpt of the output, when it fails or
 * takes longer than `timeoutMs`.
 *
 * @param {string} what completes the sentence "… failed"
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ timeoutMs: number, env?: NodeJS.ProcessEnv }} options
 */
export async function run(what, command, args, { timeoutMs, env }) {
  const shell = process.platform === 'win32' && command === 'npm';
  try {
    await runCommand(command, args, { cwd: ROOT, env, timeoutMs, shell });
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const lines = [`${what} failed (${error.end}). From its output:`, ...excerpt(error.output)];
    throw new StepFailure(lines.join('\n  '), { cause: error });
  }
}

/** The beginning and the end of a log, without its empty lines. */
export function excerpt(log) {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  if (lines.length <= HEAD_LINES + TAIL_LINES) return lines;
  const left = lines.length - HEAD_LINES - TAIL_LINES;
  return [...lines.slice(0, HEAD_LINES), `… (${left} more lines)`, ...lines.slice(-TAIL_LINES)];
}

/** The npm that started this process, if one did; else the one on the PATH. */
export function npm() {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('npm-cli.js') ? [process.execPath, cli] : ['npm'];
}

/** Runs a main function. A StepFailure is printed as its message, with exit code 1. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    console.error(`floodgate: ${error.message}`);
    process.exitCode = 1;
  }
}
