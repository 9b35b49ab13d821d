import type { IAdminClient, LibrdKafkaError, Metadata } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import { retry } from '../../resilience/retry.ts';
import type { Client, Kafka, Settings } from './client.ts';
import { fetchMetadata } from './client.ts';
import { CODE, codeOf, faultOf } from './faults.ts';
import { RETRY_PAUSES } from './options.ts';

const ADMIN_TIMEOUT_MS = 5000;

/** How long a new topic may take to be known to all brokers. */
const PROPAGATION_MS = 2000;

/** An admin client without listeners writes its log to stderr. */
const QUIET = { log_level: 0 };

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  /** 0: the cluster's default. */
  readonly replication: number;
  /** Whether records are kept until they are deleted, regardless of the cluster's retention. */
  readonly keepsAll?: boolean;
}

export interface EnsureTopicsOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topics: readonly TopicPlan[];
  readonly metadata: (topic: string) => Promise<Metadata>;
  readonly onWarning: (line: string) => void;
}

/**
 * Creates the topics that do not exist; existing ones are not changed. A client without the permission to create topics
 * can still use existing ones. Errors: Fault `unavailable` or `timeout` when a topic does not exist in the end.
 */
export async function ensureTopics(options: EnsureTopicsOptions): Promise<void> {
  const { kafka, connection, topics, metadata, onWarning } = options;
  // Before asking for metadata, which makes a cluster with automatic topic creation create them with its own settings.
  const refusals = await createAbsent(kafka.AdminClient.create({ ...connection, ...QUIET }), topics);
  for (const { name, partitions } of topics) {
    const missing = refusals.get(name) ?? new Fault('unavailable', `Kafka: topic ${name} does not exist`);
    const countPartitions = async () => {
      const count = partitionsOf(await metadata(name), name).length;
      if (count === 0) throw missing;
      return count;
    };
    const found = await retry(countPartitions, { ...RETRY_PAUSES, signal: AbortSignal.timeout(PROPAGATION_MS) }).catch(
      () => {
        throw missing;
      },
    );
    if (found < partitions) {
      onWarning(`Kafka: topic ${name} has ${found} partitions, not ${partitions}; it is not changed`);
    }
  }
}

/** The numbers of a topic's partitions; metadata may contain other topics as well. */
export function partitionsOf({ topics }: Metadata, name: string): number[] {
  return topics.find((topic) => topic.name === name)?.partitions.map(({ id }) => id) ?? [];
}

/** Asks a broker for the numbers of a topic's partitions. Errors: Fault `unavailable`, `timeout`. */
export async function fetchPartitions(client: Client, topic: string, timeoutMs: number): Promise<number[]> {
  return partitionsOf(await fetchMetadata(client, timeoutMs, topic), topic);
}

/** Returns why topics could not be created, by their names. */
async function createAbsent(admin: IAdminClient, topics: readonly TopicPlan[]): Promise<ReadonlyMap<string, Fault>> {
  const refusals = new Map<string, Fault>();
  try {
    for (const topic of topics) {
      const error = await create(admin, topic);
      if (error && codeOf(error) !== CODE.topicAlreadyExists) refusals.set(topic.name, faultOf(error));
    }
  } finally {
    admin.disconnect();
  }
  return refusals;
}

function create(
  admin: IAdminClient,
  { name, partitions, replication, keepsAll }: TopicPlan,
): Promise<LibrdKafkaError | undefined> {
  // -1 means the cluster's default (KIP-464).
  const plan = {
    topic: name,
    num_partitions: partitions,
    replication_factor: replication === 0 ? -1 : replication,
    ...(keepsAll ? { config: { 'retention.ms': '-1', 'retention.bytes': '-1' } } : {}),
  };
  return new Promise((resolve) => admin.createTopic(plan, ADMIN_TIMEOUT_MS, resolve));
}
