import { randomBytes } from 'node:crypto';
import { migrateStore } from '../../src/app/commands/migrate.ts';
import { loadConfig } from '../../src/config.ts';
import { type FloodgateProcess, startFloodgate } from './floodgate-process.ts';
import { freePort } from './free-port.ts';
import { type KafkaTopics, kafkaTopics } from './kafka-topics.ts';
import { mysqlDatabase } from './mysql-database.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

export interface ClusterUrls {
  readonly redis: string;
  readonly kafka: string;
  readonly mysql: string;
  readonly mongo: string;
}

export interface Cluster {
  readonly workspace: Workspace;
  readonly topics: KafkaTopics;
  /** The port that all fronts share. */
  readonly port: number;
  front(): Promise<FloodgateProcess>;
  worker(): Promise<FloodgateProcess>;
  scheduler(): Promise<FloodgateProcess>;
  /** Ends all processes, and removes the cluster's data from the servers. */
  stop(): Promise<void>;
}

/**
 * An installation of its own on shared servers: no other one uses its keys, topics, groups and databases. `settings` apply to
 * all its processes.
 */
export async function createCluster(
  { redis, kafka, mysql, mongo }: ClusterUrls,
  settings: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const name = randomBytes(6).toString('hex');
  const topics = kafkaTopics(kafka);
  const database = await mysqlDatabase(mysql);
  const live = new URL(mongo);
  live.pathname = `/test_${name}`;
  const port = await freePort();
  const workspace = await createWorkspace({
    REDIS_URL: redis,
    KEY_PREFIX: `test-${name}:`,
    KAFKA_BROKERS: kafka,
    TOPIC_PREFIX: topics.topicPrefix,
    LOG_PARTITIONS: '4',
    // Long, because these tests count orders, and a busy machine must not turn answers into 503s.
    REQUEST_DEADLINE_MS: '20000',
    MYSQL_URL: database.url,
    MONGODB_URL: live.href,
    SETTLEMENT_GROUP: `test-${name}.settlement`,
    LIVE_VIEW_GROUP: `test-${name}.live-view`,
    ...settings,
  });
  await migrateStore(loadConfig(workspace.env));
  const processes: FloodgateProcess[] = [];
  const start = async (env: Record<string, string>): Promise<FloodgateProcess> => {
    const started = await startFloodgate({ ...workspace.env, ...env });
    processes.push(started);
    return started;
  };
  return {
    workspace,
    topics,
    port,
    front: () => start({ ROLES: 'front', PORT: String(port), SHARED_PORT: 'on' }),
    worker: () => start({ ROLES: 'worker' }),
    scheduler: () => start({ ROLES: 'scheduler' }),
    stop: async () => {
      await Promise.all(processes.map((process) => process.kill('SIGTERM')));
      await topics.drop();
      await database.drop();
      await workspace.remove();
    },
  };
}
