import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { createConnection } from 'mysql2/promise';
import type { ServerName, ServersTool } from '../../dev/servers/api.d.ts';
import { ROOT } from './paths.ts';

export interface BenchServers {
  /** REDIS_URL and the like. */
  readonly env: NodeJS.ProcessEnv;
  readonly versions: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const URL_NAMES = {
  redis: 'REDIS_URL',
  kafka: 'KAFKA_BROKERS',
  mysql: 'MYSQL_URL',
  mongodb: 'MONGODB_URL',
} as const satisfies Record<ServerName, string>;

export const ALL_SERVERS = Object.keys(URL_NAMES) as readonly ServerName[];

/**
 * The servers `only`: those that the environment names, if it names them all; otherwise temporary ones, which are stopped when
 * this process ends for whatever reason.
 */
export async function benchServers(say: (line: string) => void, only: readonly ServerName[]): Promise<BenchServers> {
  if (only.every((name) => process.env[URL_NAMES[name]])) {
    return { env: process.env, versions: await serverVersions(process.env, only), stop: async () => {} };
  }
  // Plain JavaScript, which is not compiled to dist.
  const tool = (await import(pathToFileURL(join(ROOT, 'dev/servers/index.mjs')).href)) as ServersTool;
  const servers = await tool.up({ log: say, only });
  const kafka = (await tool.status({ dir: servers.dir })).find(({ name }) => name === 'kafka')?.title;
  return {
    env: servers.urls,
    versions: { ...(await serverVersions(servers.urls, only)), ...(kafka === undefined ? {} : { kafka }) },
    stop: () => servers.stop(),
  };
}

/** Kafka's protocol does not report the broker's version. */
const VERSION_OF: Partial<Record<ServerName, (url: string) => Promise<string>>> = {
  redis: async (url) => {
    const redis = new Redis(url.split(',')[0] ?? '');
    const version = /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? 'unknown';
    redis.disconnect();
    return version;
  },
  mysql: async (url) => {
    const mysql = await createConnection(url);
    const [rows] = await mysql.query('SELECT VERSION() AS version');
    await mysql.end();
    return String((rows as readonly { readonly version?: unknown }[])[0]?.version);
  },
  mongodb: async (url) => {
    const mongo = await MongoClient.connect(url);
    const build = await mongo.db('admin').command({ buildInfo: 1 });
    await mongo.close();
    return build.ferretdbVersion === undefined ? String(build.version) : `FerretDB ${build.ferretdbVersion}`;
  },
};

async function serverVersions(env: NodeJS.ProcessEnv, names: readonly ServerName[]): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of names) {
    const version = await VERSION_OF[name]?.(env[URL_NAMES[name]] ?? '');
    if (version !== undefined) versions[name] = version;
  }
  return versions;
}
