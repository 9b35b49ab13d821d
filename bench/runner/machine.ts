import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { wrkVersion } from '../support/wrk.ts';
import { ROOT } from './paths.ts';
import type { Machine } from './report.ts';

/** Packages whose version may explain a figure. */
const PACKAGES = ['uWebSockets.js', 'rxjs', 'ioredis', 'node-rdkafka', 'mysql2', 'mongodb', 'libsql', 'autocannon'];

export function machine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
  };
}

export function versions(): Record<string, string> {
  const installed = PACKAGES.flatMap((name): [string, string][] => {
    try {
      const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as {
        readonly version: string;
      };
      return [[name, version]];
    } catch {
      // An optional package is not installed.
      return [];
    }
  });
  const wrk = wrkVersion();
  return { node: process.version, ...Object.fromEntries(installed), ...(wrk === undefined ? {} : { wrk }) };
}

/** With a plus when the working tree differs from it; `unknown` outside a repository. */
export function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
