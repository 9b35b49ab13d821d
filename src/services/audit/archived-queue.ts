import type { Sale } from '../../domain/sale.ts';
import type { AuditSources, LiveOrder, OrderAuditSource } from '../../ports/audit-source.ts';
import type { OrderStore } from '../../ports/order-store.ts';

/** Tickets per query of the store, as in read-sources.ts. */
const TICKETS_PER_QUERY = 2000;

/**
 * The audit source of an archived sale's ticket queue, which has been freed: it has what the store has, so that an audit
 * compares the log, the store and the live state with each other, and finds nothing of the queue missing.
 */
export function archivedQueue(
  { id, epoch, total }: Pick<Sale, 'id' | 'epoch' | 'total'>,
  orders: Pick<OrderAuditSource, 'liveOrders'>,
  store: Pick<OrderStore, 'counts'>,
): AuditSources['queue'] {
  const held = async () => (await store.counts(id)).tickets;

  async function* pages(): AsyncGenerator<readonly LiveOrder[]> {
    for (let after = 0; after < total; after += TICKETS_PER_QUERY) {
      yield await orders.liveOrders(id, after, Math.min(after + TICKETS_PER_QUERY, total));
    }
  }

  return {
    snapshot: async () => {
      const tickets = await held();
      return { epoch, version: 0, total, held: tickets, remaining: total - tickets, pending: 0 };
    },
    reservations: async function* () {
      for await (const page of pages()) {
        yield page.map(({ ticket, orderId, userId }) => ({ orderId, userId, tickets: [ticket], published: true }));
      }
    },
    queued: async function* () {
      let next = 1;
      for await (const page of pages()) {
        const free: number[] = [];
        for (const { ticket } of page) {
          for (; next < ticket; next += 1) free.push(next);
          next = ticket + 1;
        }
        yield free;
      }
      for (let first = next; first <= total; first += TICKETS_PER_QUERY) {
        yield Array.from({ length: Math.min(TICKETS_PER_QUERY, total - first + 1) }, (_, n) => first + n);
      }
    },
    heldByBuyers: held,
  };
}
