import { setTimeout as delay } from 'node:timers/promises';
import type { ServerName } from '../../../dev/servers/api.d.ts';
import type { Testbed } from '../testbed.ts';

/** One way in which a dependency can be unavailable. */
export interface Outage {
  readonly name: string;
  readonly server: ServerName;
  /** The policy whose breaker has to open. */
  readonly policy: 'queue' | 'log' | 'store' | 'live';
  /** Whether purchases succeed meanwhile. */
  readonly sells: boolean;
  /**
   * Begins the outage; resolves when it has lasted so long and `noticed` has resolved, because how soon a front notices it
   * depends on its requests. It is over when `heal` has been called.
   */
  readonly strike: (bed: Testbed, durationMs: number, noticed: Promise<unknown>) => Promise<void>;
}

/** In each direction, so every answer is two seconds late. */
const LATENCY_MS = 1000;

const DEPENDENCIES = [
  { server: 'redis', policy: 'queue', sells: false },
  { server: 'kafka', policy: 'log', sells: false },
  { server: 'mysql', policy: 'store', sells: true },
  { server: 'mongodb', policy: 'live', sells: true },
] as const;

/** First silent, like a machine that hangs; then down: connections are closed and refused. */
const stopped =
  (server: ServerName): Outage['strike'] =>
  async ({ servers, proxies }, durationMs, noticed) => {
    await servers.signal(server, 'SIGSTOP');
    await Promise.all([delay(durationMs / 2), noticed]);
    proxies[server].refuse();
    await servers.signal(server, 'SIGCONT');
    await delay(durationMs / 2);
  };

const slow =
  (server: ServerName): Outage['strike'] =>
  async ({ proxies }, durationMs, noticed) => {
    proxies[server].setConditions({ latencyMs: LATENCY_MS });
    await Promise.all([delay(durationMs), noticed]);
  };

export const OUTAGES: readonly Outage[] = DEPENDENCIES.flatMap((dependency) => [
  { ...dependency, name: `${dependency.server} stopped`, strike: stopped(dependency.server) },
  { ...dependency, name: `${dependency.server} slow`, strike: slow(dependency.server) },
]);
