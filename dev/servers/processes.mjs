import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The end of a process that is not our child is no event for us: it is looked for this often. */
const POLL_MS = 20;

/**
 * Starts a program that outlives this process, with its output in a file.
 *
 * @param {{ command: string, args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv }} what
 * @param {string} logFile
 */
export async function launch({ command, args, cwd, env }, logFile) {
  const output = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', output, output],
    });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

/**
 * What tells a process from a later one with the same number: when it was started. Undefined when there is no such
 * process, or only its body (a zombie that nobody has waited for). Of a killed process the first thread may be a zombie
 * while another one still ends, and until it has ended, the process holds its files and ports.
 */
export function identityOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may itself hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isEnded = fields[0] === 'Z' || fields[0] === 'X';
    if (isEnded && readdirSync(`/proc/${pid}/task`).length < 2) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19]}`;
  } catch {
    return process.platform === 'linux' ? undefined : startedAt(pid);
  }
}

function startedAt(pid) {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** @param {{ pid: number, identity: string } | undefined} which */
export function isAlive(which) {
  return which?.identity !== undefined && identityOf(which.pid) === which.identity;
}

/** Sends a signal, unless that very process is gone. */
export function signal(which, name) {
  if (!isAlive(which)) return false;
  try {
    return process.kill(which.pid, name);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Resolves with whether the process is gone within the time.
 *
 * @param {{ pid: number, identity: string }} which
 * @param {number} timeoutMs
 */
export async function gone(which, timeoutMs) {
  const end = performance.now() + timeoutMs;
  while (isAlive(which)) {
    if (performance.now() > end) return false;
    await delay(POLL_MS);
  }
  return true;
}
