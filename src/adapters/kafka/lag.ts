import type { KafkaConsumer, TopicPartitionOffset } from 'node-rdkafka';
import type { Kafka, Settings } from './client.ts';
import { connect, disconnect, fetchWatermarks, fromCallback } from './client.ts';
import { fetchPartitions } from './topics.ts';

/** The lag is read once for each scrape of the metrics; a later value is of no use. */
const TIMEOUT_MS = 3000;
const DISCONNECT_MS = 5000;

/** Reads the lag of groups, through one consumer for each that never joins it. */
export class LagReader {
  readonly #kafka: Kafka;
  readonly #connection: Settings;
  readonly #topic: string;
  readonly #consumers = new Map<string, Promise<KafkaConsumer>>();
  readonly #reads = new Map<string, Promise<number>>();

  constructor(kafka: Kafka, connection: Settings, topic: string) {
    this.#kafka = kafka;
    this.#connection = connection;
    this.#topic = topic;
  }

  /** Concurrent calls for a group share one read. Errors: Fault `unavailable`, `timeout`. */
  lag(group: string): Promise<number> {
    const read = this.#reads.get(group) ?? this.#read(group).finally(() => this.#reads.delete(group));
    this.#reads.set(group, read);
    return read;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#reads.values());
    const consumers = await Promise.allSettled(this.#consumers.values());
    this.#consumers.clear();
    await Promise.all(
      consumers.map((consumer) =>
        consumer.status === 'fulfilled' ? disconnect(consumer.value, DISCONNECT_MS) : undefined,
      ),
    );
  }

  async #read(group: string): Promise<number> {
    const consumer = await this.#consumerOf(group);
    const partitions = await fetchPartitions(consumer, this.#topic, TIMEOUT_MS);
    const committed = await this.#committed(consumer, partitions);
    let sum = 0;
    // One after the other: each call occupies one of the few threads of libuv's pool.
    for (const partition of partitions) {
      const { lowOffset, highOffset } = await fetchWatermarks(consumer, this.#topic, partition, TIMEOUT_MS);
      sum += highOffset - Math.max(committed.get(partition) ?? lowOffset, lowOffset);
    }
    return sum;
  }

  #consumerOf(group: string): Promise<KafkaConsumer> {
    const known = this.#consumers.get(group);
    if (known !== undefined) return known;
    const consumer = this.#connect(group);
    this.#consumers.set(group, consumer);
    consumer.catch(() => this.#consumers.delete(group));
    return consumer;
  }

  async #connect(group: string): Promise<KafkaConsumer> {
    const settings = { ...this.#connection, 'group.id': group, 'enable.auto.commit': false };
    const consumer = new this.#kafka.KafkaConsumer(settings, {});
    await connect(consumer, TIMEOUT_MS);
    return consumer;
  }

  async #committed(consumer: KafkaConsumer, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const asked = partitions.map((partition) => ({ topic: this.#topic, partition }));
    const found = await fromCallback<Partial<TopicPartitionOffset>[]>((done) =>
      consumer.committed(asked, TIMEOUT_MS, done),
    );
    // A partition without a committed offset is returned without one.
    const known = found.filter(({ offset }) => offset !== undefined && offset >= 0);
    return new Map(known.map(({ partition = 0, offset = 0 }) => [partition, offset]));
  }
}
