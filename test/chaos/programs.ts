import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FloodgateProcess, startFloodgate } from '../support/floodgate-process.ts';

export type ProgramRole = 'front' | 'worker' | 'scheduler';

/** A process of the cluster, which is started again after each fault. */
export interface Program {
  readonly name: string;
  readonly role: ProgramRole;
  /** Starts it unless it runs. */
  start(): Promise<void>;
  /** kill -9; resolves when it has ended. */
  kill(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it by SIGTERM; resolves with its exit code. */
  end(): Promise<number | null>;
}

export interface ProgramOptions {
  readonly name: string;
  readonly role: ProgramRole;
  readonly env: Record<string, string>;
  /** The folder for its output. */
  readonly logs: string;
  /** Called when it has ended without being asked to. */
  readonly onDeath: (what: string) => void;
}

export function createProgram({ name, role, env, logs, onDeath }: ProgramOptions): Program {
  let running: FloodgateProcess | undefined;
  let starts = 0;

  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    const process = running;
    running = undefined;
    // A stopped process handles no signal but SIGKILL.
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
        onDeath(`${name} ended by itself with ${code}: see ${file}`);
      });
    },
    kill: async () => void (await end('SIGKILL')),
    signal: (signal) => {
      if (running !== undefined) process.kill(running.pid, signal);
    },
    end: () => end('SIGTERM'),
  };
}
