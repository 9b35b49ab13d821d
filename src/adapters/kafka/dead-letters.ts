import type { KafkaConsumer, Message } from 'node-rdkafka';
import { Fault } from '../../domain/errors.ts';
import type { DeadLetter } from '../../ports/order-log.ts';
import type { Kafka, Settings } from './client.ts';
import { connect } from './client.ts';
import { fetchNow } from './consumer-client.ts';
import { faultOf } from './faults.ts';
import { pause, settlesWithin } from './retry.ts';
import { partitionsOf } from './topics.ts';

const TIMEOUT_MS = 5000;
const READ_MAX = 500;
const IDLE_MS = 5;

/** The client can't do without one. Nobody joins it, and nothing is committed to it. */
const GROUP = 'floodgate-dead-letters';

/**
 * What takes a letter back: a message of its key without a value. The group's offsets could not say it: letters are not
 * replayed in their order, and a cluster forgets the offsets of a group that has had no member for a week.
 */
export const NO_LETTER = null;

export function textOf({ group, partition, offset, reason, attempts, raw }: DeadLetter): Buffer {
  return Buffer.from(JSON.stringify({ group, partition, offset, reason, attempts, raw }));
}

/** Letters of the same place have the same key, so that readers can tell a repeated one. */
export function placeOf({ group, partition, offset }: DeadLetter): string {
  return `${group}:${partition}:${offset}`;
}

export interface DeadLetterOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topic: string;
}

/** Reads the whole topic, since a letter may be taken back at its end. Errors: Fault `unavailable`, `timeout`. */
export async function* readDeadLetters({ kafka, connection, topic }: DeadLetterOptions): AsyncGenerator<DeadLetter> {
  const consumer = new kafka.KafkaConsumer(
    { ...connection, 'group.id': GROUP, 'enable.auto.commit': false, 'enable.partition.eof': true },
    { 'auto.offset.reset': 'earliest' },
  );
  const letters = new Map<string, DeadLetter>();
  try {
    await connect(consumer, TIMEOUT_MS);
    await readToEnd(consumer, topic, await partitionsIn(consumer, topic), ({ key, value }) => {
      const place = String(key ?? '');
      if (value === NO_LETTER) letters.delete(place);
      else if (!letters.has(place)) letters.set(place, JSON.parse(value.toString('utf8')) as DeadLetter);
    });
  } finally {
    await settlesWithin(new Promise((resolve) => consumer.disconnect(resolve)), TIMEOUT_MS);
  }
  yield* letters.values();
}

async function readToEnd(
  consumer: KafkaConsumer,
  topic: string,
  partitions: readonly number[],
  take: (message: Message) => void,
): Promise<void> {
  let open = partitions.length;
  let failed: Fault | undefined;
  consumer.on('partition.eof', () => {
    open -= 1;
  });
  consumer.on('event.error', (error) => {
    failed ??= faultOf(error);
  });
  consumer.assign(partitions.map((partition) => ({ topic, partition, offset: 0 })));
  let heardAt = performance.now();
  while (open > 0) {
    const messages = await fetchNow(consumer, READ_MAX).catch((error: unknown) => {
      throw faultOf(error);
    });
    for (const message of messages) take(message);
    if (messages.length > 0) heardAt = performance.now();
    else if (performance.now() - heardAt > TIMEOUT_MS) {
      throw failed ?? new Fault('timeout', `Kafka: reading ${topic} does not get on`);
    } else await pause(IDLE_MS);
  }
}

function partitionsIn(consumer: KafkaConsumer, topic: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    consumer.getMetadata({ topic, allTopics: false, timeout: TIMEOUT_MS }, (error: unknown, metadata) => {
      if (error) reject(faultOf(error));
      else resolve(partitionsOf(metadata, topic));
    });
  });
}
