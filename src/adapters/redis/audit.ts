import type { QueueAuditSource } from '../../ports/audit-source.ts';
import type { QueueAudit } from '../../ports/ticket-queue.ts';

/** Counts from the audit source: `held`, `remaining` and `pending` are of one moment, the rest is read page by page later. */
export async function auditOf(source: QueueAuditSource, saleId: string): Promise<QueueAudit | undefined> {
  const snapshot = await source.snapshot(saleId);
  if (snapshot === undefined) return undefined;
  const { epoch, held, remaining, pending } = snapshot;
  /** Where each ticket is: the orders that hold it, and the queue. */
  const places = new Map<number, Set<string>>();
  const doubled = new Set<number>();
  const place = (ticket: number, at: string) => {
    const others = places.get(ticket);
    if (others === undefined) places.set(ticket, new Set([at]));
    else if (others.add(at).size > 1) doubled.add(ticket);
  };
  for await (const page of source.reservations(saleId)) {
    for (const { ticket, orderId } of page) place(ticket, orderId);
  }
  const queued = new Set<number>();
  for await (const page of source.queued(saleId)) {
    for (const ticket of page) {
      place(ticket, IN_QUEUE);
      if (queued.has(ticket)) doubled.add(ticket);
      queued.add(ticket);
    }
  }
  return {
    epoch,
    held,
    heldByBuyers: await source.heldByBuyers(saleId),
    remaining,
    pending,
    doubled: [...doubled].sort((a, b) => a - b),
  };
}

/** A place that is no order id. */
const IN_QUEUE = '';
