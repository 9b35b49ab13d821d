import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export const MAIN = new URL('../../dist/src/main.js', import.meta.url).pathname;

export interface FloodgateProcess {
  /** 0 for a process without a front. */
  readonly port: number;
  readonly pid: number;
  /** All log lines so far. */
  readonly lines: readonly string[];
  /** Resolves with the exit code when the process has ended, for whatever reason. */
  readonly exited: Promise<number | null>;
  /** Sends the signal and resolves with the exit code (null when a signal ended it). */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessLimits {
  /** How many file descriptors it may have open. @default as many as this process */
  readonly descriptors?: number;
}

/** Starts the built program as a process; resolves when it listens, or runs without a front. */
export async function startFloodgate(
  env: Record<string, string>,
  args: readonly string[] = ['serve'],
  { descriptors }: ProcessLimits = {},
): Promise<FloodgateProcess> {
  const command = [process.execPath, MAIN, ...args];
  const limited = ['/bin/sh', '-c', `ulimit -n ${descriptors} && exec "$@"`, 'sh', ...command];
  const [program = '', ...rest] = descriptors === undefined ? command : limited;
  const child = spawn(program, rest, {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const port = await listening(child, lines, exited);
  return {
    port,
    pid: child.pid as number,
    lines,
    exited,
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

function listening(child: ChildProcess, lines: string[], exited: Promise<number | null>): Promise<number> {
  return new Promise((resolve, reject) => {
    const read = (line: string) => {
      lines.push(line);
      const port = /"port":(\d+)/.exec(line)?.[1];
      if (line.includes('"listening"') && port !== undefined) resolve(Number(port));
      if (line.includes('"running"')) resolve(0);
    };
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', read);
    if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', read);
    exited.then(
      (code) => reject(new Error(`floodgate ended with ${code} before it listened:\n${lines.join('\n')}`)),
      reject,
    );
  });
}
