import type { IAdminClient, LibrdKafkaError, Metadata } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import type { Kafka, Settings } from './client.ts';
import { CODE, codeOf, faultOf } from './faults.ts';
import { untilDone } from './retry.ts';

const ADMIN_TIMEOUT_MS = 5000;

/** A topic that was just made is not known to every broker at once. */
const PROPAGATION_MS = 2000;

/** An admin client without listeners writes its log to stderr. */
const QUIET = { log_level: 0 };

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  /** 0: the cluster's own default. */
  readonly replication: number;
  /** Whether records stay until somebody deletes them, whatever the cluster's retention is. */
  readonly keepsAll?: boolean;
}

export interface EnsureTopicsOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topics: readonly TopicPlan[];
  readonly metadata: (topic: string) => Promise<Metadata>;
  readonly onTrouble: (line: string) => void;
}

/**
 * Makes the topics that are absent; those that are there are left as they are. Who may not make topics can still use
 * them. Errors: Fault `unavailable` or `timeout` when a topic is not there in the end.
 */
export async function ensureTopics(options: EnsureTopicsOptions): Promise<void> {
  const { kafka, connection, topics, metadata, onTrouble } = options;
  // Asked before they are made, a cluster that makes topics by itself would make them with its own settings.
  const refusals = await createAbsent(kafka.AdminClient.create({ ...connection, ...QUIET }), topics);
  for (const { name, partitions } of topics) {
    const missing = refusals.get(name) ?? new Fault('unavailable', `Kafka: topic ${name} is not there`);
    const found = await untilDone(
      async () => {
        const count = partitionsOf(await metadata(name), name).length;
        if (count === 0) throw missing;
        return count;
      },
      { signal: AbortSignal.timeout(PROPAGATION_MS) },
    );
    if (found === undefined) throw missing;
    if (found < partitions) {
      onTrouble(`Kafka: topic ${name} has ${found} partitions, not ${partitions}; it is left as it is`);
    }
  }
}

/** The numbers of a topic's partitions; whatever was asked for, the answer may name other topics as well. */
export function partitionsOf({ topics }: Metadata, name: string): number[] {
  return topics.find((topic) => topic.name === name)?.partitions.map(({ id }) => id) ?? [];
}

/** Why a topic could not be made, by its name. */
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
  // -1 is Kafka's own word for its default (KIP-464).
  const plan = {
    topic: name,
    num_partitions: partitions,
    replication_factor: replication === 0 ? -1 : replication,
    ...(keepsAll ? { config: { 'retention.ms': '-1', 'retention.bytes': '-1' } } : {}),
  };
  return new Promise((resolve) => admin.createTopic(plan, ADMIN_TIMEOUT_MS, resolve));
}
