import type { KafkaConsumer, LibrdKafkaError, Message, TopicPartition } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import type { Kafka, Settings } from './client.ts';
import { faultOf } from './faults.ts';

/**
 * A member that is killed is missed after this long; the others hear of it with their next heartbeat. Together well
 * below 15 s, and above what brokers take (6 s by default).
 */
const SESSION_TIMEOUT_MS = 8000;
const HEARTBEAT_MS = 2000;

/** Acknowledgements reach Kafka this late: what is lost of them is read again. */
const COMMIT_EVERY_MS = 250;

/** Prefetched bytes at the most, in kilobytes; a few hundred full records, so that memory stays flat. */
const PREFETCH_KB = 4096;

/** Bytes of one partition in one fetch: a single record may be larger, and is fetched all the same. */
const FETCH_BYTES = 262_144;

/** Messages that are enough for now; the default of 100,000 would always run into the bound of bytes. */
const PREFETCH_MESSAGES = 500;

/** A queue that was full is looked at again after this long; the default of a second would starve a fast reader. */
const FETCH_BACKOFF_MS = 20;

export interface ConsumerClientOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly group: string;
  readonly onRebalance: (code: number, partitions: readonly TopicPartition[]) => void;
}

/** Errors: Fault `config`. */
export function createConsumer({ kafka, connection, group, onRebalance }: ConsumerClientOptions): KafkaConsumer {
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
        rebalance_cb: rebalance as (error: LibrdKafkaError, partitions: TopicPartition[]) => void,
      },
      { 'auto.offset.reset': 'earliest' },
    );
  } catch (error) {
    throw new Fault('config', `Kafka: ${faultOf(error).message}`, { cause: error });
  }
}

/**
 * What is there now, up to `max` messages; it doesn't wait, since a waiting call holds one of the few threads that
 * Node has for all its files and names. Calls must not overlap. It serves rebalances as well.
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
