import { randomBytes } from 'node:crypto';
import type { Message, Metadata } from 'node-rdkafka';
import { loadKafka } from '../../src/adapters/kafka/client.ts';
import { topicNames } from '../../src/adapters/kafka/order-log.ts';
import { partitionsOf } from '../../src/adapters/kafka/topics.ts';

/** Not KAFKA_BROKERS, which may be an installation's own. */
export const TEST_KAFKA_BROKERS = process.env.TEST_KAFKA_BROKERS || undefined;

if (TEST_KAFKA_BROKERS === undefined) {
  console.warn('SKIPPED: the tests on Kafka need a server: set TEST_KAFKA_BROKERS (host:port, …)');
}

const TIMEOUT_MS = 10_000;

export interface KafkaTopics {
  readonly brokers: readonly string[];
  /** Begins the topics of this test. */
  readonly topicPrefix: string;
  /** Puts bytes into the orders' topic that no append would. */
  readonly appendRaw: (text: string) => Promise<void>;
  /** All messages of a topic, as far as it goes now. */
  readonly read: (topic: string) => Promise<Message[]>;
  /** Removes the topics. */
  readonly drop: () => Promise<void>;
}

/** Topics that no other test writes to. */
export function kafkaTopics(servers = TEST_KAFKA_BROKERS): KafkaTopics {
  if (servers === undefined) throw new Error('TEST_KAFKA_BROKERS is not set');
  const brokers = servers.split(',');
  const topicPrefix = `test-${randomBytes(6).toString('hex')}.`;
  const settings = { 'metadata.broker.list': servers };
  const topics = topicNames(topicPrefix);

  return {
    brokers,
    topicPrefix,
    appendRaw: async (text) => {
      const kafka = await loadKafka();
      const producer = new kafka.Producer(settings, {});
      await called((done) => producer.connect({ allTopics: false, timeout: TIMEOUT_MS }, done));
      producer.produce(topics.orders, 0, Buffer.from(text));
      await called((done) => producer.flush(TIMEOUT_MS, done));
      await called((done) => producer.disconnect(TIMEOUT_MS, done));
    },
    read: async (topic) => {
      const kafka = await loadKafka();
      const consumer = new kafka.KafkaConsumer(
        { ...settings, 'group.id': topicPrefix, 'enable.auto.commit': false, 'enable.partition.eof': true },
        { 'auto.offset.reset': 'earliest' },
      );
      await called((done) => consumer.connect({ allTopics: false, timeout: TIMEOUT_MS }, done));
      const metadata = await called<Metadata>((done) =>
        consumer.getMetadata({ topic, allTopics: false, timeout: TIMEOUT_MS }, done),
      );
      const partitions = partitionsOf(metadata, topic).map((partition) => ({ topic, partition }));
      let open = partitions.length;
      consumer.on('partition.eof', () => {
        open -= 1;
      });
      consumer.assign(partitions.map((one) => ({ ...one, offset: 0 })));
      const messages: Message[] = [];
      while (open > 0) messages.push(...(await called<Message[]>((done) => consumer.consume(1000, done))));
      await called((done) => consumer.disconnect(done));
      return messages;
    },
    drop: async () => {
      const kafka = await loadKafka();
      const admin = kafka.AdminClient.create(settings);
      for (const topic of Object.values(topics)) {
        await called((done) => admin.deleteTopic(topic, TIMEOUT_MS, done));
      }
      admin.disconnect();
    },
  };
}

/** Makes a topic that is unlike those that the log makes. */
export async function makeTopic(
  brokers: readonly string[],
  { name, partitions, maxMessageBytes }: { name: string; partitions: number; maxMessageBytes: number },
): Promise<void> {
  const kafka = await loadKafka();
  const admin = kafka.AdminClient.create({ 'metadata.broker.list': brokers.join(',') });
  const config = { 'max.message.bytes': String(maxMessageBytes) };
  const topic = { topic: name, num_partitions: partitions, replication_factor: 1, config };
  await called((done) => admin.createTopic(topic, TIMEOUT_MS, done));
  admin.disconnect();
}

/** Calls what reports by a callback, as node-rdkafka does. */
function called<T = unknown>(work: (done: (error: unknown, value?: unknown) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    work((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}
