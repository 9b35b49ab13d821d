import { setTimeout as delay } from 'node:timers/promises';
import type { ServerName } from '../../../dev/servers/api.d.ts';
import type { Testbed } from '../testbed.ts';

/** One way for one dependency not to be there. */
export interface Outage {
  readonly name: string;
  readonly server: ServerName;
  /** Whose breaker of the front has to open. */
  readonly policy: 'queue' | 'log' | 'store' | 'live';
  /** Whether purchases go on meanwhile. */
  readonly sells: boolean;
  /**
   * Begins it; resolves when it has lasted for so long and `noticed` has resolved, for how soon a front notices depends on
   * who happens to ask. It is over when the testbed has been healed.
   */
  readonly strike: (bed: Testbed, lastsMs: number, noticed: Promise<unknown>) => Promise<void>;
}

/** Each way; every answer comes two seconds late. */
const LATENCY_MS = 1000;

const DEPENDENCIES = [
  { server: 'redis', policy: 'queue', sells: false },
  { server: 'kafka', policy: 'log', sells: false },
  { server: 'mysql', policy: 'store', sells: true },
  { server: 'mongodb', policy: 'live', sells: true },
] as const;

/** Silent first, as a machine that hangs, and then with nobody there: connections are broken and refused. */
const stopped =
  (server: ServerName): Outage['strike'] =>
  async ({ servers, proxies }, lastsMs, noticed) => {
    await servers.signal(server, 'SIGSTOP');
    await Promise.all([delay(lastsMs / 2), noticed]);
    proxies[server].refuse();
    await servers.signal(server, 'SIGCONT');
    await delay(lastsMs / 2);
  };

const slow =
  (server: ServerName): Outage['strike'] =>
  async ({ proxies }, lastsMs, noticed) => {
    proxies[server].setConditions({ latencyMs: LATENCY_MS });
    await Promise.all([delay(lastsMs), noticed]);
  };

export const OUTAGES: readonly Outage[] = DEPENDENCIES.flatMap((dependency) => [
  { ...dependency, name: `${dependency.server} stopped`, strike: stopped(dependency.server) },
  { ...dependency, name: `${dependency.server} slow`, strike: slow(dependency.server) },
]);
