import type { SellItem } from '../../ports/atomic-sale.ts';
import type { ReserveAnswer } from '../../ports/ticket-queue.ts';

/**
 * How the most frequent call is passed to the engine's thread and back: as flat arrays, because structured cloning copies
 * the property names of each object.
 */
const FIELDS = 5;

/** The items in sequence, {@link FIELDS} values each. At the end the quantity of each item, unless all are 1. */
export type PackedItems = readonly (string | readonly number[])[];

export function packItems(items: readonly SellItem[]): PackedItems {
  const packed: (string | readonly number[])[] = [];
  let several = false;
  for (const { orderId, userId, key, fingerprint, requestId, quantity } of items) {
    packed.push(orderId, userId, key, fingerprint, requestId);
    if (quantity > 1) several = true;
  }
  if (several) packed.push(items.map(({ quantity }) => quantity));
  return packed;
}

export function unpackItems(packed: PackedItems): readonly SellItem[] {
  const last = packed.at(-1);
  const quantities = typeof last === 'object' ? last : undefined;
  const items: SellItem[] = [];
  for (let i = 0; i + FIELDS <= packed.length; i += FIELDS) {
    const [orderId, userId, key, fingerprint, requestId] = packed.slice(i, i + FIELDS) as [
      string,
      string,
      string,
      string,
      string,
    ];
    items.push({ orderId, userId, key, fingerprint, requestId, quantity: quantities?.[items.length] ?? 1 });
  }
  return items;
}

/** A number is a ticket that this very call reserved, at the time of the call, and an array are several for one item. */
export type PackedAnswer = number | readonly number[] | ReserveAnswer;

export function packAnswer(answer: ReserveAnswer, now: number): PackedAnswer {
  if (answer.kind !== 'reserved' || answer.reservedAt !== now) return answer;
  const [ticket] = answer.tickets;
  return answer.tickets.length === 1 && ticket !== undefined ? ticket : answer.tickets;
}

export function unpackAnswer(packed: PackedAnswer, now: number): ReserveAnswer {
  if (typeof packed === 'number') return { kind: 'reserved', tickets: [packed], reservedAt: now };
  return isTickets(packed) ? { kind: 'reserved', tickets: packed, reservedAt: now } : packed;
}

/** `Array.isArray` does not narrow to a readonly array. */
function isTickets(packed: readonly number[] | ReserveAnswer): packed is readonly number[] {
  return Array.isArray(packed);
}
