import type { ReservationsRecord } from '../../src/domain/log-record.ts';
import type { LogChunk, LogEntry } from '../../src/ports/order-log.ts';
import { aSale } from './sales.ts';

/** A record of the given tickets of a sale, each of a buyer of its own; the ids follow from the ticket. */
export function aRecord(tickets: readonly number[], changes: Partial<ReservationsRecord> = {}): ReservationsRecord {
  const { id: saleId, productId, price, epoch, payWithinSeconds, opensAt } = aSale();
  const items = tickets.map((ticket) => ({
    orderId: orderIdOf(ticket),
    tickets: [ticket],
    userId: `buyer-${ticket}`,
    key: `k:${ticket}`,
    reservedAt: opensAt + ticket,
    requestId: `request-${ticket}`,
  }));
  return { type: 'reservations', saleId, productId, epoch, price, payWithinSeconds, items, ...changes };
}

export const orderIdOf = (ticket: number) => ticket.toString().padStart(14, '0');

export const anEntry = (offset: number, ...tickets: readonly number[]): LogEntry => ({
  offset,
  record: aRecord(tickets),
});

/** A fence of the sale that the records are of. */
export const aFence = (offset: number, epoch: number): LogEntry => ({
  offset,
  record: { type: 'fence', saleId: aSale().id, epoch },
});

export const aBrokenEntry = (offset: number): LogEntry => ({
  offset,
  record: undefined,
  error: 'not JSON',
  raw: '{"type":',
});

/** A chunk that notes in `acked` the partition and the last offset when it is acknowledged. */
export function aChunk(acked: [number, number][], partition: number, ...entries: readonly LogEntry[]): LogChunk {
  return { partition, entries, ack: () => acked.push([partition, entries.at(-1)?.offset ?? -1]) };
}
