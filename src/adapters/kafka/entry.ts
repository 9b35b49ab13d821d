import type { Message } from 'node-rdkafka';
import { groupBy } from '../../domain/group-by.ts';
import { decodeRecord } from '../../domain/log-codec.ts';
import type { LogEntry } from '../../ports/order-log.ts';

/** Messages of one partition, in their order. */
export interface PartitionMessages {
  readonly partition: number;
  readonly messages: readonly Message[];
}

export function byPartition(messages: readonly Message[]): PartitionMessages[] {
  const partitions = groupBy(messages, ({ partition }) => partition);
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
