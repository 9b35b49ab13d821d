import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  /** What it is called in reports. */
  readonly name: string;
  readonly port: number;
  /** Resident memory in MB; 0 where the system doesn't tell. */
  memoryMb(): Promise<number>;
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** @default 'server' */
  readonly name?: string;
  /** Node's own. */
  readonly nodeArgs?: readonly string[];
}

/** Runs a Node program that prints a line with "listening" and its port, and resolves when it does. */
export async function serve(
  program: URL,
  { args = [], env = {}, nodeArgs = [], name = 'server' }: ServeOptions = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...nodeArgs, fileURLToPath(program), ...args], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const port = await portOf(child);
  return {
    name,
    port,
    memoryMb: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`a server ended with ${code} before it listened`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /"port":(\d+)/.exec(line)?.[1];
      if (line.includes('listening') && port !== undefined) resolve(Number(port));
      // A process without a front.
      if (line.includes('"running"')) resolve(0);
    });
  });
}
