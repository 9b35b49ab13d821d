import type { LiveDelta } from '../../ports/live-state.ts';
import type { LogChunk, LogEntry } from '../../ports/order-log.ts';

/** What a log entry adds to the live state. */
export interface CountedEntry {
  readonly offset: number;
  readonly deltas: readonly LiveDelta[];
}

/** A chunk of the log without its records, so that a second of them need not be kept in memory. */
export interface CountedChunk {
  readonly partition: number;
  readonly entries: readonly CountedEntry[];
  readonly ack: () => void;
}

export function counted({ partition, entries, ack }: LogChunk): CountedChunk {
  return { partition, entries: entries.map((entry) => ({ offset: entry.offset, deltas: deltasOf(entry) })), ack };
}

function deltasOf({ offset, record }: LogEntry): readonly LiveDelta[] {
  // Reservations that a fence rejects count too: this counts what the log holds, not what became of it.
  if (record?.type !== 'reservations') return [];
  const { saleId, items } = record;
  const deltas: Mutable<LiveDelta>[] = [];
  for (const { reservedAt, tickets } of items) {
    const second = Math.floor(reservedAt / 1000);
    // A record's reservations are of one second, or of two at its turn.
    const delta = deltas.find((one) => one.second === second);
    if (delta === undefined) deltas.push({ saleId, offset, second, reserved: tickets.length });
    else delta.reserved += tickets.length;
  }
  return deltas;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
