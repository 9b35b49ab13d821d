import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import type { ServerName, Servers } from '../../dev/servers/api.d.ts';
import { loadConfig } from '../../src/config.ts';
import { MAIN } from '../support/floodgate-process.ts';
import { freePort } from '../support/free-port.ts';
import { up } from '../support/servers.ts';
import { type TcpProxy, tcpProxy } from '../support/tcp-proxy.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';
import { createProgram, type Program } from './programs.ts';

export const SERVERS = ['redis', 'mysql', 'kafka', 'mongodb'] as const satisfies readonly ServerName[];

/** A real cluster of this run's own, with proxies between programs and servers that can disturb the network. */
export interface Testbed {
  readonly servers: Servers;
  readonly proxies: Readonly<Record<ServerName, TcpProxy>>;
  readonly programs: readonly Program[];
  /** It connects to the servers directly, past the proxies. */
  readonly workspace: Workspace;
  /** The port that all fronts share. */
  readonly port: number;
  readonly group: string;
  /** The folder of all logs. */
  readonly folder: string;
  /** Programs that ended by themselves. */
  readonly deaths: readonly string[];
  /** Cuts bytes off the end of the append-only file while Redis is stopped; returns its size before. */
  truncateAof(bytes: number): number;
  flushRedis(): Promise<void>;
  /** Stops everything, and removes the logs unless `keepLogs`. */
  stop(options: { readonly keepLogs: boolean }): Promise<void>;
}

export interface TestbedOptions {
  readonly log: (line: string) => void;
  /** Programs of each role. @default 2 */
  readonly programs?: number;
  /** Of all programs. */
  readonly settings?: Readonly<Record<string, string>>;
}

const ROLES = ['front', 'worker', 'scheduler'] as const;
const PROGRAMS = 2;

/** A killed broker can rejoin only when its last session has timed out, which takes 9 s by default. */
const KAFKA_SETTINGS = ['broker.session.timeout.ms=2000', 'broker.heartbeat.interval.ms=500'];

/** Errors: Unsupported on a machine that can't run the servers as processes. */
export async function createTestbed({
  log,
  programs: count = PROGRAMS,
  settings = {},
}: TestbedOptions): Promise<Testbed> {
  const folder = mkdtempSync(join(tmpdir(), 'floodgate-chaos-'));
  const kafka = await freePort();
  // Kafka advertises the address that clients connect to, here that of the proxy.
  const kafkaProxy = await tcpProxy(kafka, await freePort());
  const advertised = `advertised.listeners=PLAINTEXT://127.0.0.1:${kafkaProxy.port}`;
  const servers = await up({
    way: 'local',
    ports: { kafka },
    // One file whose tail can be cut off; a rewrite would start another one.
    args: { redis: ['--auto-aof-rewrite-percentage', '0'], kafka: [advertised, ...KAFKA_SETTINGS] },
    log,
  }).catch((error: unknown) => {
    kafkaProxy.close();
    rmSync(folder, { recursive: true });
    throw error;
  });
  const proxyTo = (name: string) => tcpProxy(Number(new URL(servers.urls[name] as string).port));
  const [redis, mysql, mongodb] = await Promise.all(['REDIS_URL', 'MYSQL_URL', 'MONGODB_URL'].map(proxyTo));
  const proxies = { redis, mysql, kafka: kafkaProxy, mongodb } as Record<ServerName, TcpProxy>;

  const workspace = await createWorkspace({
    ...servers.urls,
    KAFKA_BROKERS: `127.0.0.1:${kafkaProxy.port}`,
    LOG_PARTITIONS: '4',
  });
  await promisify(execFile)(process.execPath, [MAIN, 'migrate'], { env: { ...process.env, ...workspace.env } });
  const through = (name: string, proxy: TcpProxy) => {
    const url = new URL(servers.urls[name] as string);
    url.port = String(proxy.port);
    return url.href;
  };
  const port = await freePort();
  const env = {
    ...workspace.env,
    REDIS_URL: through('REDIS_URL', proxies.redis),
    MYSQL_URL: through('MYSQL_URL', proxies.mysql),
    MONGODB_URL: through('MONGODB_URL', proxies.mongodb),
    PORT: String(port),
    SHARED_PORT: 'on',
    // A payment whose front was killed keeps its order for so long.
    PAYMENT_GRACE_SECONDS: '3',
    ...settings,
  };
  const deaths: string[] = [];
  const programs = ROLES.flatMap((role) =>
    Array.from({ length: count }, (_, n) =>
      createProgram({
        name: `${role} ${n + 1}`,
        role,
        env,
        logs: folder,
        onDeath: (what) => deaths.push(what),
      }),
    ),
  );
  return {
    servers,
    proxies,
    programs,
    workspace,
    port,
    group: loadConfig(workspace.env).settlement.group,
    folder,
    deaths,
    truncateAof: (bytes) => {
      const parts = join(servers.dir, 'redis', 'appendonlydir');
      const name = readdirSync(parts).find((file) => file.endsWith('.incr.aof'));
      const file = join(parts, name as string);
      const { size } = statSync(file);
      truncateSync(file, Math.max(0, size - bytes));
      return size;
    },
    flushRedis: async () => {
      const direct = new Redis(servers.urls.REDIS_URL as string, { lazyConnect: true });
      await direct.connect();
      await direct.flushall();
      direct.disconnect();
    },
    stop: async ({ keepLogs }) => {
      await Promise.all(programs.map((program) => program.kill()));
      await workspace.remove();
      await servers.stop();
      for (const proxy of Object.values(proxies)) proxy.close();
      if (!keepLogs) rmSync(folder, { recursive: true, force: true });
    },
  };
}
