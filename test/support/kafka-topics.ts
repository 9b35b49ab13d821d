import { randomBytes } from 'node:crypto';
import type { Message } from 'node-rdkafka';
import { fromCallback, loadKafka } from '../../src/adapters/kafka/client.ts';
import { topicNames } from '../../src/adapters/kafka/order-log.ts';
import { readRanges, withRangeReader } from '../../src/adapters/kafka/range-reader.ts';
import { fetchPartitions } from '../../src/adapters/kafka/topics.ts';

/** Not KAFKA_BROKERS, which may belong to an installation. */
export const TEST_KAFKA_BROKERS = process.env.TEST_KAFKA_BROKERS || undefined;

/** Options of a log that sends each record to a partition of its own, instead of those of a second to one. */
export const SPREAD = { producerSettings: { 'sticky.partitioning.linger.ms': 0 } } as const;

if (TEST_KAFKA_BROKERS === undefined) {
  console.warn('SKIPPED: the tests on Kafka need a server: set TEST_KAFKA_BROKERS (host:port, …)');
}

const TIMEOUT_MS = 10_000;
const FETCH_MAX = 1000;

/** librdkafka's ERR_UNKNOWN_TOPIC_OR_PART: a process that was stopped early had not made its topics yet. */
const UNKNOWN_TOPIC = 3;

export interface KafkaTopics {
  readonly brokers: readonly string[];
  /** Begins the topics of this test. */
  readonly topicPrefix: string;
  /** Writes bytes to the orders' topic that no append would. */
  readonly appendRaw: (bytes: string | Buffer) => Promise<void>;
  /** All messages of a topic, up to its present end. */
  readonly read: (topic: string) => Promise<Message[]>;
  /** Removes the topics. */
  readonly drop: () => Promise<void>;
}

/** Topics that no other test uses. */
export function kafkaTopics(servers = TEST_KAFKA_BROKERS): KafkaTopics {
  if (servers === undefined) throw new Error('TEST_KAFKA_BROKERS is not set');
  const brokers = servers.split(',');
  const topicPrefix = `test-${randomBytes(6).toString('hex')}.`;
  const settings = { 'metadata.broker.list': servers };
  const topics = topicNames(topicPrefix);

  return {
    brokers,
    topicPrefix,
    appendRaw: async (bytes) => {
      const kafka = await loadKafka();
      const producer = new kafka.Producer(settings, {});
      await fromCallback((done) => producer.connect({ allTopics: false, timeout: TIMEOUT_MS }, done));
      producer.produce(topics.orders, 0, Buffer.from(bytes as string));
      await fromCallback((done) => producer.flush(TIMEOUT_MS, done));
      await fromCallback((done) => producer.disconnect(TIMEOUT_MS, done));
    },
    read: async (topic) => {
      const reader = { kafka: await loadKafka(), connection: settings, topic, group: topicPrefix };
      return withRangeReader(reader, async (consumer) => {
        const partitions = await fetchPartitions(consumer, topic, TIMEOUT_MS);
        const ranges = partitions.map((partition) => ({ partition, first: 0, next: Number.POSITIVE_INFINITY }));
        const messages: Message[] = [];
        const read = readRanges(consumer, { topic, ranges, fetchMax: FETCH_MAX });
        for await (const page of read) messages.push(...page.messages);
        return messages;
      });
    },
    drop: async () => {
      const kafka = await loadKafka();
      const admin = kafka.AdminClient.create(settings);
      for (const topic of Object.values(topics)) {
        await fromCallback((done) => admin.deleteTopic(topic, TIMEOUT_MS, ignoring(UNKNOWN_TOPIC, done)));
      }
      admin.disconnect();
    },
  };
}

/** Creates a topic with other settings than the log would. */
export async function makeTopic(
  brokers: readonly string[],
  { name, partitions, maxMessageBytes }: { name: string; partitions: number; maxMessageBytes: number },
): Promise<void> {
  const kafka = await loadKafka();
  const admin = kafka.AdminClient.create({ 'metadata.broker.list': brokers.join(',') });
  const config = { 'max.message.bytes': String(maxMessageBytes) };
  const topic = { topic: name, num_partitions: partitions, replication_factor: 1, config };
  await fromCallback((done) => admin.createTopic(topic, TIMEOUT_MS, done));
  admin.disconnect();
}

function ignoring(code: number, done: (error: unknown) => void): (error?: { readonly code: number }) => void {
  return (error) => done(error?.code === code ? undefined : error);
}
