import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { openPorts } from '../../src/app/adapters/open-ports.ts';
import { migrateStore } from '../../src/app/commands/migrate.ts';
import { seedWhenReady } from '../../src/app/seed.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { putOnSale } from '../../test/support/put-on-sale.ts';
import type { Installation } from './installation.ts';
import { lagOf, SECRET, shownOf, storedOf } from './installation.ts';

const silent = createLog({ level: 'silent' });

/**
 * An installation on real servers, with its own key prefix, topics and databases. `remove` drops keys and databases;
 * topics stay until the servers tool removes its folder.
 */
export async function createClusterInstallation(servers: NodeJS.ProcessEnv = process.env): Promise<Installation> {
  const { REDIS_URL, KAFKA_BROKERS, MYSQL_URL, MONGODB_URL } = servers;
  if (!REDIS_URL || !KAFKA_BROKERS || !MYSQL_URL || !MONGODB_URL) {
    throw new Error('no servers: npm run servers -- up; eval "$(npm run -s servers -- env)"');
  }
  const name = `bench_${randomBytes(4).toString('hex')}`;
  const prefix = `${name}:`;
  const mysql = new URL(MYSQL_URL);
  mysql.pathname = `/${name}`;
  const mongo = new URL(MONGODB_URL);
  mongo.pathname = `/${name}`;
  const env = {
    REDIS_URL,
    KEY_PREFIX: prefix,
    KAFKA_BROKERS,
    TOPIC_PREFIX: `${name}.`,
    MYSQL_URL: mysql.href,
    MONGODB_URL: mongo.href,
    SETTLEMENT_GROUP: `${name}.settlement`,
    LIVE_VIEW_GROUP: `${name}.live-view`,
    JWT_SECRET: SECRET,
  };
  await onServer(MYSQL_URL, `CREATE DATABASE ${name}`);
  await migrateStore(loadConfig(env));
  const opened = await openPorts(loadConfig(env), silent);
  return {
    env,
    publish: (sale) => seedWhenReady(() => putOnSale(sale, opened.ports), { log: silent }),
    publishAll: async (sales) => {
      for (const sale of sales) await seedWhenReady(() => putOnSale(sale, opened.ports), { log: silent });
    },
    stored: (...saleIds) => storedOf(opened.ports, saleIds),
    lag: () => lagOf(opened.ports, loadConfig(env)),
    shown: (...saleIds) => shownOf(opened.ports, saleIds),
    remove: async () => {
      await opened.close();
      await onServer(MYSQL_URL, `DROP DATABASE ${name}`);
      await unlinkAll(REDIS_URL, prefix);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const server = await connectSql({ dialect: 'mysql', url, poolSize: 2 });
  await server.em().getConnection().execute(sql);
  await server.close();
}

/** Removes all keys of a prefix: a sale of a million tickets would affect whatever is measured after it. */
export async function unlinkAll(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1000 })) {
    if ((keys as string[]).length > 0) await redis.unlink(keys as string[]);
  }
  redis.disconnect();
}
