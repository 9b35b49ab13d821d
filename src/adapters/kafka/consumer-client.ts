import type { KafkaConsumer, LibrdKafkaError, Message, TopicPartition } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import type { Kafka, Settings } from './client.ts';
import { faultOf } from './faults.ts';

/**
 * A killed member is removed from the group after this time, the minimum of brokers (group.min.session.timeout.ms), and the
 * others learn of it with their next heartbeat: they read its partitions 5 to 7 s after its death. librdkafka sends
 * heartbeats from a thread of its own, so a busy event loop or a slow database does not delay them; a member that was
 * suspended for longer is removed, joins again, and what it reads twice is stored once.
 */
const SESSION_TIMEOUT_MS = 6000;
/** A sixth of the session: five may be late, or lost. */
const HEARTBEAT_MS = 1000;

/** Interval of commits. Records that were acknowledged after the last one are read again after a crash. */
const COMMIT_EVERY_MS = 250;

/** Limit of prefetching, in kilobytes: a few hundred full records, so that memory stays bounded. */
const PREFETCH_KB = 4096;

/** Bytes of one partition in one fetch. A larger single record is fetched nevertheless. */
const FETCH_BYTES = 262_144;

/** Prefetching stops at this many messages; the default of 100,000 would always reach the limit of bytes first. */
const PREFETCH_MESSAGES = 500;

/** Pause before fetching again once the queue was full; the default of a second would starve a fast reader. */
const FETCH_BACKOFF_MS = 20;

/** A fetch that may wait returns early once it has this much: some three hundred orders. */
const FETCH_MIN_BYTES = 65_536;

export interface ConsumerClientOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly group: string;
  /** How long a fetch may wait for more, milliseconds. */
  readonly fetchWaitMs?: number;
  readonly onRebalance: (code: number, partitions: readonly TopicPartition[]) => void;
}

/** Errors: Fault `config`. */
export function createConsumer({
  kafka,
  connection,
  group,
  fetchWaitMs = 0,
  onRebalance,
}: ConsumerClientOptions): KafkaConsumer {
  const rebalance = (error: LibrdKafkaError | undefined, partitions: TopicPartition[]): void =>
    onRebalance(error?.code ?? 0, partitions);
  try {
    return new kafka.KafkaConsumer(
      {
        ...connection,
        'group.id': group,
        'partition.assignment.strategy': 'cooperative-sticky',
        'session.timeout.ms': SESSION_TIMEOUT_MS,
        'heartbeat.interval.ms': HEARTBEAT_MS,
        'enable.auto.offset.store': false,
        'enable.auto.commit': true,
        'auto.commit.interval.ms': COMMIT_EVERY_MS,
        'queued.max.messages.kbytes': PREFETCH_KB,
        'queued.min.messages': PREFETCH_MESSAGES,
        'fetch.message.max.bytes': FETCH_BYTES,
        'fetch.queue.backoff.ms': FETCH_BACKOFF_MS,
        ...(fetchWaitMs === 0 ? {} : { 'fetch.wait.max.ms': fetchWaitMs, 'fetch.min.bytes': FETCH_MIN_BYTES }),
        rebalance_cb: rebalance as (error: LibrdKafkaError, partitions: TopicPartition[]) => void,
      },
      { 'auto.offset.reset': 'earliest' },
    );
  } catch (error) {
    throw new Fault('config', `Kafka: ${faultOf(error).message}`, { cause: error });
  }
}

/**
 * Returns up to `max` prefetched messages without waiting, since a waiting call occupies one of the few threads of libuv's
 * pool. It also runs rebalances. Calls must not overlap.
 */
export function fetchNow(consumer: KafkaConsumer, max: number): Promise<Message[]> {
  return new Promise((resolve, reject) => {
    consumer.setDefaultConsumeTimeout(0);
    consumer.consume(max, (error: unknown, messages) => {
      if (error) reject(error);
      else resolve(messages);
    });
  });
}
