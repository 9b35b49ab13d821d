import { Ajv } from 'ajv';
import type { DeadLetter, DecodedDeadLetter } from '../../ports/order-log.ts';
import { decodeRecord } from '../log-codec.ts';
import { textOfBytes } from '../stored-text.ts';
import type { Kafka, Settings } from './client.ts';
import { READ_TIMEOUT_MS, readRanges, withRangeReader } from './range-reader.ts';
import { fetchPartitions } from './topics.ts';

const FETCH_MAX = 500;

const GROUP = 'floodgate-dead-letters';

/**
 * The value of a message that removes the letter with its key. A group's offsets can't record that: letters are not
 * replayed in their order, and a cluster forgets the offsets of a group that has had no member for a week.
 */
export const NO_LETTER = null;

export function encodeLetter({ group, partition, offset, reason, attempts, raw }: DeadLetter): Buffer {
  return Buffer.from(JSON.stringify({ group, partition, offset, reason, attempts, raw }));
}

/** Letters about the same record and group have the same key, so that readers recognise a repeated one. */
export function keyOf({ group, partition, offset }: DeadLetter): string {
  return `${group}:${partition}:${offset}`;
}

export interface DeadLetterOptions {
  readonly kafka: Kafka;
  readonly connection: Settings;
  readonly topic: string;
}

/** Reads the whole topic, since its last message may remove a letter. Errors: Fault `unavailable`, `timeout`. */
export async function* readDeadLetters(options: DeadLetterOptions): AsyncGenerator<DecodedDeadLetter> {
  const { topic } = options;
  const letters = await withRangeReader({ ...options, group: GROUP }, async (consumer) => {
    const partitions = await fetchPartitions(consumer, topic, READ_TIMEOUT_MS);
    const ranges = partitions.map((partition) => ({ partition, first: 0, next: Number.POSITIVE_INFINITY }));
    const byKey = new Map<string, DeadLetter>();
    for await (const { messages } of readRanges(consumer, { topic, ranges, fetchMax: FETCH_MAX })) {
      for (const { key, value } of messages) apply(byKey, String(key ?? ''), value);
    }
    return byKey.values();
  });
  for (const letter of letters) yield { ...letter, ...decodeRecord(letter.raw) };
}

function apply(letters: Map<string, DeadLetter>, key: string, value: Buffer | null): void {
  if (value === NO_LETTER) letters.delete(key);
  else if (!letters.has(key)) letters.set(key, decodeLetter(key, textOfBytes(value)));
}

/** Never throws: one damaged letter must not hide the others. What its value should say is then taken from its key. */
export function decodeLetter(key: string, text: string): DeadLetter {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {}
  if (isLetter(value)) return value;
  const [, group = key, partition, offset] = /^(.*):(\d+):(\d+)$/s.exec(key) ?? [];
  const place = { partition: Number(partition ?? 0), offset: Number(offset ?? 0) };
  return { group, ...place, reason: 'the dead letter itself is damaged', attempts: 0, raw: text };
}

const isLetter = new Ajv().compile<DeadLetter>({
  type: 'object',
  required: ['group', 'partition', 'offset', 'reason', 'attempts', 'raw'],
  properties: {
    group: { type: 'string' },
    partition: { type: 'integer' },
    offset: { type: 'integer' },
    reason: { type: 'string' },
    attempts: { type: 'integer' },
    raw: { type: 'string' },
  },
});
