import type { LogAuditSource, QueueAuditSource } from '../../ports/audit-source.ts';
import type { Engine } from './engine-types.ts';
import { entryOf, PARTITION } from './log-reader.ts';

/** Entries of a page. The engine runs no other call while it reads one: a few milliseconds. */
const PAGE = 2000;
/** Records of a page; a record may be 16 KiB. */
const LOG_PAGE = 64;

/** Sorts before every order id. */
const NO_ORDER = '';

/** What the ticket queue in the embedded file holds. */
export function createEmbeddedQueueAuditSource(engine: Engine): QueueAuditSource {
  return {
    snapshot: (saleId) => engine.call('queue.snapshot', saleId),

    async *reservations(saleId) {
      for (let after = NO_ORDER; ; ) {
        const page = await engine.call('queue.ledgerPage', { saleId, after, max: PAGE });
        yield page;
        const last = page.at(-1);
        if (last === undefined) return;
        after = last.orderId;
      }
    },

    async *queued(saleId) {
      const { fresh = 1, total = 0 } = (await engine.call('queue.freshTickets', saleId)) ?? {};
      for (let first = fresh; first <= total; first += PAGE) {
        yield Array.from({ length: Math.min(PAGE, total - first + 1) }, (_, n) => first + n);
      }
      for (let after = -1; ; ) {
        const page = await engine.call('queue.returnedPage', { saleId, after, max: PAGE });
        yield page.map(({ ticket }) => ticket);
        const last = page.at(-1);
        if (last === undefined) return;
        after = last.place;
      }
    },

    heldByBuyers: (saleId) => engine.call('queue.heldByBuyers', saleId),
  };
}

/** What the order log in the embedded file holds. */
export function createEmbeddedLogAuditSource(engine: Engine): LogAuditSource {
  return {
    ranges: async () => {
      const { first, next } = await engine.call('log.range', null);
      return [{ partition: PARTITION, first, next }];
    },

    async *entries([range]) {
      if (range === undefined) return;
      for (let from = range.first; from < range.next; ) {
        const page = await engine.call('log.read', { from, max: LOG_PAGE });
        const within = page.filter(({ position }) => position < range.next);
        const last = within.at(-1);
        if (last === undefined) return;
        yield { partition: PARTITION, entries: within.map(entryOf) };
        from = last.position + 1;
      }
    },
  };
}
