import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { createConnection } from 'mysql2/promise';
import type { ServersTool } from '../../dev/servers/api.d.ts';
import { ROOT } from './paths.ts';

export interface BenchServers {
  /** REDIS_URL and the like. */
  readonly env: NodeJS.ProcessEnv;
  readonly versions: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const NAMES = ['REDIS_URL', 'KAFKA_BROKERS', 'MYSQL_URL', 'MONGODB_URL'] as const;

/** Those that the environment names; else some of this run's own, gone when it ends, however it ends. */
export async function benchServers(say: (line: string) => void): Promise<BenchServers> {
  if (NAMES.every((name) => process.env[name])) {
    return { env: process.env, versions: await serverVersions(process.env), stop: async () => {} };
  }
  // Plain JavaScript outside of what is compiled.
  const tool = (await import(pathToFileURL(join(ROOT, 'dev/servers/index.mjs')).href)) as ServersTool;
  const servers = await tool.up({ log: say });
  const kafka = (await tool.status({ dir: servers.dir })).find(({ name }) => name === 'kafka')?.title;
  return {
    env: servers.urls,
    versions: { ...(await serverVersions(servers.urls)), ...(kafka === undefined ? {} : { kafka }) },
    stop: () => servers.stop(),
  };
}

/** As the servers tell; Kafka's protocol has no word for it. */
async function serverVersions(env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const { REDIS_URL = '', MYSQL_URL = '', MONGODB_URL = '' } = env;
  const redis = new Redis(REDIS_URL.split(',')[0] ?? '');
  const redisVersion = /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? 'unknown';
  redis.disconnect();
  const mysql = await createConnection(MYSQL_URL);
  const [rows] = await mysql.query('SELECT VERSION() AS version');
  await mysql.end();
  const mongo = await MongoClient.connect(MONGODB_URL);
  const build = await mongo.db('admin').command({ buildInfo: 1 });
  await mongo.close();
  return {
    redis: redisVersion,
    mysql: String((rows as readonly { readonly version?: unknown }[])[0]?.version),
    mongodb: build.ferretdbVersion === undefined ? String(build.version) : `FerretDB ${build.ferretdbVersion}`,
  };
}
