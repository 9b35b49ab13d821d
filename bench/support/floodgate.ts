import { type ServerProcess, serve } from './serve.ts';

export const MAIN = new URL('../../src/main.js', import.meta.url);

/** Settings of the caller's environment that are passed on, so that a tuning can be tried without a change to the code. */
const TUNING = /^(FRONT$|(PURCHASE|SETTLEMENT|ADMISSION)_)/;

export interface FloodgateOptions {
  /** The installation's settings; they take precedence over those of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** @default all */
  readonly roles?: string;
  /** Where the process writes its CPU profiles. @default no profiles */
  readonly profileDir?: string | undefined;
}

/** Starts a Floodgate process on a free port; resolves when it serves. */
export function serveFloodgate({ env, roles = 'all', profileDir }: FloodgateOptions): Promise<ServerProcess> {
  return serve(MAIN, {
    name: roles === 'all' ? 'all roles' : roles,
    args: ['serve'],
    env: { LOG_LEVEL: 'info', ...tuning(process.env), ...env, ROLES: roles, PORT: '0' },
    nodeArgs: profileArgs(profileDir),
  });
}

/** Node.js options that write CPU profiles into the folder. */
export const profileArgs = (profileDir: string | undefined): readonly string[] =>
  profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];

function tuning(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => TUNING.test(name))) as Record<string, string>;
}
