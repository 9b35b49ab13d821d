import type { SellItem } from '../../ports/atomic-sale.ts';
import type { ReserveAnswer } from '../../ports/ticket-queue.ts';

/**
 * How the most frequent call is passed to the engine's thread and back: as flat arrays, because structured cloning copies
 * the property names of each object.
 */
const FIELDS = 5;

/** The items in sequence, {@link FIELDS} values each. */
export type PackedItems = readonly string[];

export function packItems(items: readonly SellItem[]): PackedItems {
  const packed: string[] = [];
  for (const { orderId, userId, key, fingerprint, requestId } of items) {
    packed.push(orderId, userId, key, fingerprint, requestId);
  }
  return packed;
}

export function unpackItems(packed: PackedItems): readonly SellItem[] {
  const items: SellItem[] = [];
  for (let i = 0; i < packed.length; i += FIELDS) {
    const [orderId, userId, key, fingerprint, requestId] = packed.slice(i, i + FIELDS) as [
      string,
      string,
      string,
      string,
      string,
    ];
    items.push({ orderId, userId, key, fingerprint, requestId });
  }
  return items;
}

/** A number is a ticket that this very call reserved, at the time of the call. */
export type PackedAnswer = number | ReserveAnswer;

export function packAnswer(answer: ReserveAnswer, now: number): PackedAnswer {
  return answer.kind === 'reserved' && answer.reservedAt === now ? answer.ticket : answer;
}

export function unpackAnswer(packed: PackedAnswer, now: number): ReserveAnswer {
  return typeof packed === 'number' ? { kind: 'reserved', ticket: packed, reservedAt: now } : packed;
}
