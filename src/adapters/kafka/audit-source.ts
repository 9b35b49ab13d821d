import type { LogAuditSource, LogPage, LogRange } from '../../ports/audit-source.ts';
import type { Kafka, Settings } from './client.ts';
import { connect, disconnect, fetchWatermarks } from './client.ts';
import { entryOf } from './entry.ts';
import type { RangeReaderOptions } from './range-reader.ts';
import { createRangeReader, READ_TIMEOUT_MS, readRanges, withRangeReader } from './range-reader.ts';
import { fetchPartitions } from './topics.ts';

/** Records of one fetch: decoding this many, of 64 orders each, blocks the event loop for a few milliseconds. */
const FETCH_MAX = 50;

/** Prefetched at the most, in kilobytes. */
const PREFETCH_KB = 16_384;

const GROUP = 'floodgate-audit';

export interface KafkaAuditSourceOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topic: string;
}

/** The order log on Kafka as an audit source. Each read has a consumer of its own, outside of all groups. */
export function createKafkaAuditSource(options: KafkaAuditSourceOptions): LogAuditSource {
  const reader = { ...options, group: GROUP, settings: { 'queued.max.messages.kbytes': PREFETCH_KB } };
  return {
    ranges: () => rangesOf(reader),
    entries: (ranges) => entriesIn(reader, ranges),
  };
}

async function* entriesIn(reader: RangeReaderOptions, ranges: readonly LogRange[]): AsyncGenerator<LogPage> {
  if (ranges.every(({ first, next }) => first >= next)) return;
  const consumer = createRangeReader(reader);
  try {
    await connect(consumer, READ_TIMEOUT_MS);
    for await (const page of readRanges(consumer, { topic: reader.topic, ranges, fetchMax: FETCH_MAX })) {
      yield { partition: page.partition, entries: page.messages.map(entryOf) };
    }
  } finally {
    await disconnect(consumer, READ_TIMEOUT_MS);
  }
}

function rangesOf(reader: RangeReaderOptions): Promise<readonly LogRange[]> {
  const { topic } = reader;
  return withRangeReader(reader, async (consumer) => {
    const ranges: LogRange[] = [];
    // One after the other: each call occupies one of the few threads of libuv's pool.
    for (const partition of await fetchPartitions(consumer, topic, READ_TIMEOUT_MS)) {
      const { lowOffset, highOffset } = await fetchWatermarks(consumer, topic, partition, READ_TIMEOUT_MS);
      ranges.push({ partition, first: lowOffset, next: highOffset });
    }
    return ranges;
  });
}
