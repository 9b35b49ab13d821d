import type { KafkaConsumer } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import type { LogAuditSource, LogPage, LogRange } from '../../ports/audit-source.ts';
import type { Kafka, Settings } from './client.ts';
import { connect } from './client.ts';
import { fetchNow } from './consumer-client.ts';
import { byPartition, entryOf } from './entry.ts';
import { faultOf } from './faults.ts';
import { pause, settlesWithin } from './retry.ts';
import { partitionsOf } from './topics.ts';

const TIMEOUT_MS = 5000;
/** Records of one fetch: to read 64 orders each of this many takes a few milliseconds, in which nothing else runs. */
const READ_MAX = 50;
const IDLE_MS = 2;

/** Prefetched at the most, in kilobytes: what is read is used up at once. */
const PREFETCH_KB = 16_384;

/** The client can't do without one. Nobody joins it, and nothing is committed to it. */
const GROUP = 'floodgate-audit';

export interface KafkaAuditSourceOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topic: string;
}

/** The order log's books on Kafka: each reading is a client of its own, beside all groups. */
export function createKafkaAuditSource(options: KafkaAuditSourceOptions): LogAuditSource {
  return {
    ranges: () => withConsumer(options, (consumer) => rangesOf(consumer, options.topic)),
    entries: (ranges) => readRanges(options, ranges),
  };
}

async function* readRanges(options: KafkaAuditSourceOptions, ranges: readonly LogRange[]): AsyncGenerator<LogPage> {
  /** Where to stop, by partition; those that were read to their end are gone. */
  const open = new Map(ranges.filter(({ first, next }) => first < next).map((range) => [range.partition, range.next]));
  if (open.size === 0) return;
  const consumer = consumerOf(options);
  let failed: Fault | undefined;
  consumer.on('event.error', (error) => {
    failed ??= faultOf(error);
  });
  // The last offset of a range may be gone; an end is told with the messages that come before it, or earlier.
  const ended = new Set<number>();
  consumer.on('partition.eof', ({ partition }) => void ended.add(partition));
  try {
    await connect(consumer, TIMEOUT_MS);
    const places = ranges.filter(({ partition }) => open.has(partition));
    consumer.assign(places.map(({ partition, first }) => ({ topic: options.topic, partition, offset: first })));
    let heardAt = performance.now();
    while (open.size > 0) {
      const messages = await fetchNow(consumer, READ_MAX).catch((error: unknown) => {
        throw faultOf(error);
      });
      if (messages.length > 0) heardAt = performance.now();
      else if (performance.now() - heardAt > TIMEOUT_MS) {
        throw failed ?? new Fault('timeout', `Kafka: reading ${options.topic} does not get on`);
      } else await pause(IDLE_MS);
      for (const { partition, messages: some } of byPartition(messages)) {
        const next = open.get(partition);
        if (next === undefined) continue;
        const within = some.filter(({ offset }) => offset < next);
        if (within.length < some.length || within.at(-1)?.offset === next - 1) open.delete(partition);
        if (within.length > 0) yield { partition, entries: within.map(entryOf) };
      }
      for (const partition of ended) open.delete(partition);
    }
  } finally {
    await disconnect(consumer);
  }
}

async function rangesOf(consumer: KafkaConsumer, topic: string): Promise<readonly LogRange[]> {
  const partitions = await new Promise<number[]>((resolve, reject) => {
    consumer.getMetadata({ topic, allTopics: false, timeout: TIMEOUT_MS }, (error: unknown, metadata) => {
      if (error) reject(faultOf(error));
      else resolve(partitionsOf(metadata, topic));
    });
  });
  const ranges: LogRange[] = [];
  // One after the other: each holds one of the few threads that Node has for all its files and names.
  for (const partition of partitions) {
    ranges.push(
      await new Promise<LogRange>((resolve, reject) => {
        consumer.queryWatermarkOffsets(topic, partition, TIMEOUT_MS, (error: unknown, offsets) => {
          if (error) reject(faultOf(error));
          else resolve({ partition, first: offsets.lowOffset, next: offsets.highOffset });
        });
      }),
    );
  }
  return ranges;
}

async function withConsumer<T>(
  options: KafkaAuditSourceOptions,
  work: (consumer: KafkaConsumer) => Promise<T>,
): Promise<T> {
  const consumer = consumerOf(options);
  try {
    await connect(consumer, TIMEOUT_MS);
    return await work(consumer);
  } finally {
    await disconnect(consumer);
  }
}

function consumerOf({ kafka, connection }: KafkaAuditSourceOptions): KafkaConsumer {
  return new kafka.KafkaConsumer(
    {
      ...connection,
      'group.id': GROUP,
      'enable.auto.commit': false,
      'enable.partition.eof': true,
      'queued.max.messages.kbytes': PREFETCH_KB,
    },
    { 'auto.offset.reset': 'earliest' },
  );
}

async function disconnect(consumer: KafkaConsumer): Promise<void> {
  await settlesWithin(new Promise((resolve) => consumer.disconnect(resolve)), TIMEOUT_MS);
}
