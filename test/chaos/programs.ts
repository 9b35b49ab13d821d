import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FloodgateProcess, startFloodgate } from '../support/floodgate-process.ts';

export type ProgramRole = 'front' | 'worker' | 'scheduler';

/** One place in the cluster, where a process is always meant to run. */
export interface Program {
  readonly name: string;
  readonly role: ProgramRole;
  /** Starts it unless it runs. */
  start(): Promise<void>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Asks it to end; resolves with its exit code. */
  end(): Promise<number | null>;
}

export interface ProgramOptions {
  readonly name: string;
  readonly role: ProgramRole;
  readonly env: Record<string, string>;
  /** Where what it wrote is kept. */
  readonly logs: string;
  /** It ended, and nobody had asked it to. */
  readonly onDeath: (what: string) => void;
}

export function createProgram({ name, role, env, logs, onDeath }: ProgramOptions): Program {
  let running: FloodgateProcess | undefined;
  let starts = 0;

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    const process = running;
    running = undefined;
    // One that is stopped can hear SIGKILL only.
    process?.kill('SIGCONT');
    return process === undefined ? null : process.kill(signal);
  };

  return {
    name,
    role,
    start: async () => {
      if (running !== undefined) return;
      starts += 1;
      const started = await startFloodgate({ ...env, ROLES: role });
      running = started;
      const file = join(logs, `${name.replace(' ', '-')}-${starts}.log`);
      void started.exited.then((code) => {
        mkdirSync(logs, { recursive: true });
        writeFileSync(file, `${started.lines.join('\n')}\n`);
        if (running !== started) return;
        running = undefined;
        onDeath(`${name} ended by itself, with ${code}: see ${file}`);
      });
    },
    kill: async () => void (await end('SIGKILL')),
    signal: (signal) => {
      if (running !== undefined) process.kill(running.pid, signal);
    },
    end: () => end('SIGTERM'),
  };
}
