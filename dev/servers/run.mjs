import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders of servers' programs that a plain user's PATH leaves out. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];
/** Characters of a failed command's output that its error shows. */
const TAIL_CHARACTERS = 3000;

/** This machine can't run a server; the message names what it lacks. What depends on it is skipped, not failed. */
export class Unsupported extends Error {
  name = 'Unsupported';
  code = 'SERVERS_UNSUPPORTED';
}

/** A command that could not be run, or did not end with 0. */
export class CommandFailure extends Error {
  name = 'CommandFailure';

  /**
   * @param {string} message
   * @param {{ end: number | string, output: string }} details `end`: exit code, signal, or why it could not be started
   */
  constructor(message, { end, output }) {
    super(message);
    this.end = end;
    this.output = output;
  }
}

/** The full path of a program, or undefined. */
export function find(program) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/**
 * Runs a command to its end and resolves with its output. Errors: CommandFailure, also for one that was killed because
 * it took longer than `timeoutMs`.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, shell?: boolean }} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, { cwd, env, timeoutMs, shell } = {}) {
  const output = [];
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    shell,
  });
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  const end = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) =>
      resolve(code ?? (child.killed ? `${signal} after ${timeoutMs / 1000} s` : signal)),
    );
  });
  const text = output.join('');
  if (end === 0) return text;
  const tail = text.slice(-TAIL_CHARACTERS).trim();
  throw new CommandFailure(`${command} ${args.join(' ')} failed (${end})\n${tail}`, { end, output: text });
}
