import type { KafkaConsumer, TopicPartitionOffset } from 'node-rdkafka';
import type { Kafka, Settings } from './client.ts';
import { connect } from './client.ts';
import { faultOf } from './faults.ts';
import { settlesWithin } from './retry.ts';
import { partitionsOf } from './topics.ts';

/** Asked for once per scrape of the metrics; one that is late is worth nothing. */
const TIMEOUT_MS = 3000;
const DISCONNECT_MS = 5000;

/** Asks how far the groups are, through a client to each group that never joins it. */
export class LagReader {
  readonly #kafka: Kafka;
  readonly #connection: Settings;
  readonly #topic: string;
  readonly #clients = new Map<string, Promise<KafkaConsumer>>();
  readonly #asked = new Map<string, Promise<number>>();

  constructor(kafka: Kafka, connection: Settings, topic: string) {
    this.#kafka = kafka;
    this.#connection = connection;
    this.#topic = topic;
  }

  /** Errors: Fault `unavailable`, `timeout`. */
  lag(group: string): Promise<number> {
    const asked = this.#asked.get(group) ?? this.#ask(group).finally(() => this.#asked.delete(group));
    this.#asked.set(group, asked);
    return asked;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#asked.values());
    const clients = await Promise.allSettled(this.#clients.values());
    this.#clients.clear();
    await Promise.all(clients.map((client) => (client.status === 'fulfilled' ? disconnect(client.value) : undefined)));
  }

  async #ask(group: string): Promise<number> {
    const client = await this.#client(group);
    const partitions = await this.#partitions(client);
    const committed = await this.#committed(client, partitions);
    let sum = 0;
    // One after the other: each holds one of the few threads that Node has for all its files and names.
    for (const partition of partitions) {
      const { lowOffset, highOffset } = await this.#watermarks(client, partition);
      sum += highOffset - Math.max(committed.get(partition) ?? lowOffset, lowOffset);
    }
    return sum;
  }

  #client(group: string): Promise<KafkaConsumer> {
    const known = this.#clients.get(group);
    if (known !== undefined) return known;
    const client = this.#connect(group);
    this.#clients.set(group, client);
    client.catch(() => this.#clients.delete(group));
    return client;
  }

  async #connect(group: string): Promise<KafkaConsumer> {
    const settings = { ...this.#connection, 'group.id': group, 'enable.auto.commit': false };
    const client = new this.#kafka.KafkaConsumer(settings, {});
    await connect(client, TIMEOUT_MS);
    return client;
  }

  #partitions(client: KafkaConsumer): Promise<number[]> {
    return new Promise((resolve, reject) => {
      client.getMetadata({ topic: this.#topic, allTopics: false, timeout: TIMEOUT_MS }, (error: unknown, metadata) => {
        if (error) reject(faultOf(error));
        else resolve(partitionsOf(metadata, this.#topic));
      });
    });
  }

  #committed(client: KafkaConsumer, partitions: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const asked = partitions.map((partition) => ({ topic: this.#topic, partition }));
    return new Promise((resolve, reject) => {
      client.committed(asked, TIMEOUT_MS, (error: unknown, found: Partial<TopicPartitionOffset>[]) => {
        if (error) return reject(faultOf(error));
        // A partition of which nothing was committed comes without an offset.
        const known = found.filter(({ offset }) => offset !== undefined && offset >= 0);
        resolve(new Map(known.map(({ partition = 0, offset = 0 }) => [partition, offset])));
      });
    });
  }

  #watermarks(client: KafkaConsumer, partition: number): Promise<{ lowOffset: number; highOffset: number }> {
    return new Promise((resolve, reject) => {
      client.queryWatermarkOffsets(this.#topic, partition, TIMEOUT_MS, (error: unknown, offsets) => {
        if (error) reject(faultOf(error));
        else resolve(offsets);
      });
    });
  }
}

async function disconnect(client: KafkaConsumer): Promise<void> {
  await settlesWithin(new Promise((resolve) => client.disconnect(resolve)), DISCONNECT_MS);
}
