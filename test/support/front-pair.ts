import type { Role } from '../../src/api/auth/authenticator.ts';
import { type FloodgateProcess, startFloodgate } from './floodgate-process.ts';
import { type Client, createClient } from './http-client.ts';
import { redisPrefix } from './redis-prefix.ts';
import { createWorkspace } from './workspace.ts';

export interface FrontPair {
  /** A client of each front. */
  readonly clients: readonly [Client, Client];
  tokenOf(userId: string, role?: Role): string;
  stop(): Promise<void>;
}

export interface FrontPairOptions {
  readonly settings: Readonly<Record<string, string>>;
  /** Connections of each client. */
  readonly lanes: number;
  /** Of a proxy between the fronts and Redis. @default Redis itself */
  readonly redisUrl?: string;
  /** Id of a sale that is published on both. */
  readonly sale?: string;
}

/** Two embedded fronts that share nothing but a Redis: they have rate limits, but no live settings, in common. */
export async function startFrontPair({ settings, lanes, redisUrl, sale }: FrontPairOptions): Promise<FrontPair> {
  const keys = redisPrefix();
  const env = { ...settings, REDIS_URL: redisUrl ?? keys.url, KEY_PREFIX: keys.prefix };
  const workspaces = await Promise.all([createWorkspace(env), createWorkspace(env)]);
  if (sale !== undefined) for (const workspace of workspaces) await workspace.publish({ id: sale });
  const fronts: FloodgateProcess[] = await Promise.all(workspaces.map((workspace) => startFloodgate(workspace.env)));
  const [a, b] = fronts.map(({ port }) => createClient(port, lanes)) as [Client, Client];

  return {
    clients: [a, b],
    tokenOf: (userId, role) => workspaces[0].tokenOf(userId, role),
    async stop() {
      a.close();
      b.close();
      await Promise.all(fronts.map((front) => front.kill('SIGTERM')));
      await Promise.all(workspaces.map((workspace) => workspace.remove()));
      await keys.drop();
    },
  };
}
