import type { QueueAuditSource } from '../../src/ports/audit-source.ts';

/** The totals of a sale in the ticket queue. */
export interface QueueAudit {
  readonly epoch: number;
  /** Tickets that reservations hold, and those that are counted for all buyers: equal in a sound queue. */
  readonly held: number;
  readonly heldByBuyers: number;
  readonly remaining: number;
  readonly pending: number;
  /** Tickets that two reservations hold, or a reservation and the queue; ascending. Empty in a sound queue. */
  readonly doubled: readonly number[];
}

/**
 * Adds up what a ticket queue's audit source reports of a sale. `held`, `remaining` and `pending` are of one moment, the
 * rest is read page by page after it. Undefined when the queue does not know the sale.
 */
export async function auditQueue(source: QueueAuditSource, saleId: string): Promise<QueueAudit | undefined> {
  const snapshot = await source.snapshot(saleId);
  if (snapshot === undefined) return undefined;
  const { epoch, held, remaining, pending } = snapshot;
  const doubled = await doubledTickets(source, saleId);
  return { epoch, held, heldByBuyers: await source.heldByBuyers(saleId), remaining, pending, doubled };
}

async function doubledTickets(source: QueueAuditSource, saleId: string): Promise<readonly number[]> {
  /** The order that holds each ticket: a page may repeat an entry while the sale goes on. */
  const holders = new Map<number, string>();
  const queued = new Set<number>();
  const doubled = new Set<number>();
  for await (const page of source.reservations(saleId)) {
    for (const { tickets, orderId } of page) {
      for (const ticket of tickets) {
        if ((holders.get(ticket) ?? orderId) !== orderId) doubled.add(ticket);
        holders.set(ticket, orderId);
      }
    }
  }
  for await (const page of source.queued(saleId)) {
    for (const ticket of page) {
      if (holders.has(ticket) || queued.has(ticket)) doubled.add(ticket);
      queued.add(ticket);
    }
  }
  return [...doubled].sort((a, b) => a - b);
}
