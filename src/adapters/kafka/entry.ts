import type { Message } from 'node-rdkafka';
import { groupBy } from '../../domain/group-by.ts';
import type { LogEntry } from '../../ports/order-log.ts';
import { decodeRecord } from '../log-codec.ts';
import { textOfBytes } from '../stored-text.ts';

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
  // Messages without a value are valid in Kafka, but no append writes one.
  const text = value === null ? '' : textOfBytes(value);
  const decoded = decodeRecord(text);
  return decoded.record === undefined ? { offset, ...decoded, raw: text } : { offset, record: decoded.record };
}
