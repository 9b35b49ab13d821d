import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  /** Name in reports. */
  readonly name: string;
  readonly pid: number;
  /** 0 for a process that does not listen. */
  readonly port: number;
  /** Resident memory in MB; 0 once the process has ended, and where the system has no /proc. */
  memoryMb(): Promise<number>;
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly args?: readonly string[];
  /** The whole environment of the process. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default 'server' */
  readonly name?: string;
  /** Options of Node.js itself. */
  readonly nodeArgs?: readonly string[];
}

/** None outlives this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs a Node.js program that logs a line with "listening" and its port, and resolves when it does. */
export async function serve(
  program: URL,
  { args = [], env = {}, nodeArgs = [], name = 'server' }: ServeOptions = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...nodeArgs, fileURLToPath(program), ...args], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const port = await portOf(child);
  return {
    name,
    // A process that has logged its port has been started.
    pid: child.pid ?? 0,
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
    child.on('exit', (code) => reject(new Error(`a server exited with code ${code} before it listened`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /"port":(\d+)/.exec(line)?.[1];
      if (line.includes('listening') && port !== undefined) resolve(Number(port));
      // A process without the front role listens on no port.
      if (line.includes('"running"')) resolve(0);
    });
  });
}
