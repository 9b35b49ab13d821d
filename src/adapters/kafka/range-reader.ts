import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConsumer } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import type { LogRange } from '../../ports/audit-source.ts';
import type { Kafka, Settings } from './client.ts';
import { connect, disconnect } from './client.ts';
import { fetchNow } from './consumer-client.ts';
import { byPartition, type PartitionMessages } from './entry.ts';
import { faultOf } from './faults.ts';

/** Of a call, and of a read that makes no progress. */
export const READ_TIMEOUT_MS = 5000;

/** Pause after a fetch that returned nothing. */
const IDLE_MS = 2;

export interface RangeReaderOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topic: string;
  /** librdkafka requires one. No consumer joins it, and nothing is committed to it. */
  readonly group: string;
  /** More of librdkafka's settings. */
  readonly settings?: Settings;
}

/** A consumer that reads without joining a group; to be connected and disconnected by the caller. */
export function createRangeReader({ kafka, connection, group, settings = {} }: RangeReaderOptions): KafkaConsumer {
  return new kafka.KafkaConsumer(
    { ...connection, 'group.id': group, 'enable.auto.commit': false, 'enable.partition.eof': true, ...settings },
    { 'auto.offset.reset': 'earliest' },
  );
}

/** Runs `work` on a connected range reader, and disconnects it. */
export async function withRangeReader<T>(
  options: RangeReaderOptions,
  work: (consumer: KafkaConsumer) => Promise<T>,
): Promise<T> {
  const consumer = createRangeReader(options);
  try {
    await connect(consumer, READ_TIMEOUT_MS);
    return await work(consumer);
  } finally {
    await disconnect(consumer, READ_TIMEOUT_MS);
  }
}

export interface ReadRangesOptions {
  readonly topic: string;
  /** A `next` of Infinity reads to the end of the partition. */
  readonly ranges: readonly LogRange[];
  /** Messages of one fetch at the most. */
  readonly fetchMax: number;
}

/** Reads ranges of a topic on a connected range reader, each message once. Errors: Fault `unavailable`, `timeout`. */
export async function* readRanges(
  consumer: KafkaConsumer,
  { topic, ranges, fetchMax }: ReadRangesOptions,
): AsyncGenerator<PartitionMessages> {
  let failed: Fault | undefined;
  consumer.on('event.error', (error) => {
    failed ??= faultOf(error);
  });
  // The last offsets of a range may have no message. The event comes no later than the messages before the end.
  const ended = new Set<number>();
  consumer.on('partition.eof', ({ partition }) => void ended.add(partition));
  const places = ranges.filter(({ first, next }) => first < next);
  /** Where to stop, by partition; partitions that were read to their end are removed. */
  const open = new Map(places.map(({ partition, next }) => [partition, next]));
  consumer.assign(places.map(({ partition, first }) => ({ topic, partition, offset: first })));
  let lastMessageAt = performance.now();
  while (open.size > 0) {
    const messages = await fetchNow(consumer, fetchMax).catch((error: unknown) => {
      throw faultOf(error);
    });
    if (messages.length > 0) lastMessageAt = performance.now();
    else if (performance.now() - lastMessageAt > READ_TIMEOUT_MS) {
      throw failed ?? new Fault('timeout', `Kafka: reading ${topic} makes no progress`);
    } else await delay(IDLE_MS);
    for (const { partition, messages: own } of byPartition(messages)) {
      const next = open.get(partition);
      if (next === undefined) continue;
      const within = own.filter(({ offset }) => offset < next);
      if (within.length < own.length || within.at(-1)?.offset === next - 1) open.delete(partition);
      if (within.length > 0) yield { partition, messages: within };
    }
    for (const partition of ended) open.delete(partition);
  }
}
