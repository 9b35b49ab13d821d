import type { Message } from 'node-rdkafka';
import { decodeRecord } from '../../domain/log-codec.ts';
import type { LogEntry } from '../../ports/order-log.ts';

/** Messages of one partition, in their order. */
export interface PartitionMessages {
  readonly partition: number;
  readonly messages: readonly Message[];
}

export function byPartition(messages: readonly Message[]): PartitionMessages[] {
  const partitions = new Map<number, Message[]>();
  for (const message of messages) {
    const others = partitions.get(message.partition);
    if (others === undefined) partitions.set(message.partition, [message]);
    else others.push(message);
  }
  return Array.from(partitions, ([partition, messages]) => ({ partition, messages }));
}

export function entryOf({ offset, value }: Message): LogEntry {
  // Kafka knows messages without a value; ours all have one.
  const text = value?.toString('utf8') ?? '';
  const decoded = decodeRecord(text);
  return 'record' in decoded
    ? { offset, record: decoded.record }
    : { offset, record: undefined, error: decoded.error, raw: text };
}
