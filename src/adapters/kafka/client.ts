import type * as NodeRdkafka from 'node-rdkafka';
import { Fault, messageOf } from '../../domain/errors.ts';
import { withTimeLimit } from '../../resilience/time-limit.ts';
import { faultOf } from './faults.ts';

export type Kafka = (typeof NodeRdkafka)['default'];

/** librdkafka's settings by their own names. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

const importClient = async (): Promise<Kafka> => (await import('node-rdkafka')).default;

/**
 * The client is compiled from source, so it is an optional package, loaded only by installations that use Kafka.
 * Errors: Fault `config` when it is missing or was not compiled.
 */
export async function loadKafka(load: () => Promise<Kafka> = importClient): Promise<Kafka> {
  try {
    return await load();
  } catch (error) {
    const [reason] = messageOf(error).split('\n');
    throw new Fault('config', `the Kafka client can't be loaded, run \`npm rebuild node-rdkafka\`: ${reason}`, {
      cause: error,
    });
  }
}

/** What producers and consumers have in common. */
export type Client = NodeRdkafka.Producer | NodeRdkafka.KafkaConsumer;

/** Resolves when a broker has answered. A client that could not connect is of no further use. */
export async function connect(client: Client, timeoutMs: number): Promise<void> {
  // Naming no topic keeps the reply small on clusters that have thousands of them.
  await fromCallback((done) => client.connect({ allTopics: false, timeout: timeoutMs }, done));
}

/** Asks a broker for the cluster's metadata, of one topic if it is named. Errors: Fault `unavailable`, `timeout`. */
export function fetchMetadata(client: Client, timeoutMs: number, topic?: string): Promise<NodeRdkafka.Metadata> {
  const named = topic === undefined ? {} : { topic };
  return fromCallback((done) => client.getMetadata({ ...named, allTopics: false, timeout: timeoutMs }, done));
}

/** Asks a broker for the first offset of a partition and the one after its last. Errors: Fault `unavailable`, `timeout`. */
export function fetchWatermarks(
  consumer: NodeRdkafka.KafkaConsumer,
  topic: string,
  partition: number,
  timeoutMs: number,
): Promise<NodeRdkafka.WatermarkOffsets> {
  return fromCallback((done) => consumer.queryWatermarkOffsets(topic, partition, timeoutMs, done));
}

/** Resolves with whether the consumer disconnected within the time. One that hangs is abandoned. */
export function disconnect(consumer: NodeRdkafka.KafkaConsumer, timeoutMs: number): Promise<boolean> {
  const disconnected = new Promise<boolean>((resolve) => consumer.disconnect(() => resolve(true)));
  return withTimeLimit(disconnected, { ms: timeoutMs, onLate: () => false });
}

/** The result of a call that reports by a callback, as all of node-rdkafka do. Errors: those of the call, as Faults. */
export function fromCallback<T>(call: (done: (error: unknown, value?: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(faultOf(error));
      else resolve(value as T);
    });
  });
}
