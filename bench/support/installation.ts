import { randomBytes } from 'node:crypto';
import { connectSql } from '../../src/adapters/sql/connect.ts';
import { migrateStore } from '../../src/app/migrate.ts';
import { openPorts } from '../../src/app/ports.ts';
import { seedWhenReady } from '../../src/app/seed.ts';
import { loadConfig } from '../../src/config.ts';
import type { Sale } from '../../src/domain/sale.ts';
import { putOnSale } from '../../src/services/publish.ts';
import { createLog } from '../../src/telemetry/log.ts';

export const SECRET = 'the secret of a benchmark, it guards nothing at all';

const silent = createLog({ level: 'silent' });

export interface Installation {
  /** The settings of its processes. */
  readonly env: Record<string, string>;
  publish(sale: Sale): Promise<Sale>;
  /** Orders that are stored. */
  stored(saleId: string): Promise<number>;
  remove(): Promise<void>;
}

/**
 * An installation of its own on the servers that the environment names (`eval "$(npm run -s servers -- env)"`): its keys,
 * topics and database are nobody else's. The topics stay; the servers tool removes them with its folder.
 */
export async function createInstallation(): Promise<Installation> {
  const { REDIS_URL, KAFKA_BROKERS, MYSQL_URL, MONGODB_URL } = process.env;
  if (!REDIS_URL || !KAFKA_BROKERS || !MYSQL_URL || !MONGODB_URL) {
    throw new Error('no servers: npm run servers -- up; eval "$(npm run -s servers -- env)"');
  }
  const name = `bench_${randomBytes(4).toString('hex')}`;
  const mysql = new URL(MYSQL_URL);
  mysql.pathname = `/${name}`;
  const mongo = new URL(MONGODB_URL);
  mongo.pathname = `/${name}`;
  const env = {
    REDIS_URL,
    KEY_PREFIX: `${name}:`,
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
    stored: async (saleId) => (await opened.ports.store.counts(saleId)).states.reserved,
    remove: async () => {
      await opened.close();
      await onServer(MYSQL_URL, `DROP DATABASE ${name}`);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const server = await connectSql({ dialect: 'mysql', url, poolSize: 2 });
  await server.em().getConnection().execute(sql);
  await server.close();
}
