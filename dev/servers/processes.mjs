import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { pollUntil } from '../poll.mjs';

/** The end of a process that is not our child raises no event here, so it is polled. */
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
 * Distinguishes a process from a later one with the same number: the boot and the time at which it was started. Undefined
 * when there is no such process, or only a zombie that its parent has not waited for. The first thread of a killed process
 * may be a zombie while another thread still ends; until then the process holds its files and ports.
 */
export function identityOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses, which may itself contain blanks and parentheses.
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

/** Sends a signal, unless that process has ended; returns whether it was sent. */
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
 * Resolves with whether the process has ended within the time.
 *
 * @param {{ pid: number, identity: string }} which
 * @param {number} timeoutMs
 */
export function hasEnded(which, timeoutMs) {
  return pollUntil(() => !isAlive(which), { everyMs: POLL_MS, timeoutMs });
}
