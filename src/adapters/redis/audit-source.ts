import { Fault } from '../../domain/errors.ts';
import { stockVersion } from '../../domain/stock.ts';
import type { LedgerEntry, QueueAuditSource } from '../../ports/audit-source.ts';
import type { Evaluate } from './evaluate.ts';
import { reservationOf } from './ledger-entry.ts';

/** Redis runs nothing else while it reads a page: about 2 ms. */
const PAGE = 2000;
/** A list is read at several times the speed of a hash. */
const QUEUE_PAGE = 10_000;

/** Passes over the buyers. While a sale goes on, no pass may be consistent; the sum is then of no use to the audit. */
const MAX_ROUNDS = 2;

type LedgerPage = readonly [cursor: string, json: string, pending: readonly string[]];
type BuyersPage = readonly [cursor: string, read: number, held: number, buyers: number];

/** The ticket queue on Redis as an audit source. */
export function createRedisAuditSource(evaluate: Evaluate): QueueAuditSource {
  return {
    async snapshot(saleId) {
      const counts = (await evaluate('snapshot', saleId, [])) as readonly number[] | null;
      if (counts === null) return undefined;
      const [epoch = 0, changes = 0, total = 0, held = 0, remaining = 0, pending = 0] = counts;
      return { epoch, version: stockVersion(epoch, changes), total, held, remaining, pending };
    },

    async *reservations(saleId) {
      for (let cursor = '0'; ; ) {
        const [next, json, pending] = (await evaluate('ledgerPage', saleId, [cursor, PAGE])) as LedgerPage;
        yield entriesOf(JSON.parse(json), new Set(pending));
        if (next === '0') return;
        cursor = next;
      }
    },

    async *queued(saleId) {
      for (let read = 0; ; read += QUEUE_PAGE) {
        const page = (await evaluate('queuePage', saleId, [read, QUEUE_PAGE])) as readonly string[];
        yield page.map(ticketOf);
        if (page.length < QUEUE_PAGE) return;
      }
    },

    async heldByBuyers(saleId) {
      let heldNow = 0;
      // HSCAN may return buyers twice while the hash is resized: then more were read than there are.
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        let [cursor, allRead, allHeld] = ['0', 0, 0];
        let buyersNow: number;
        do {
          const page = (await evaluate('buyersPage', saleId, [cursor, PAGE])) as BuyersPage;
          const [next, read, held, buyers] = page;
          [cursor, allRead, allHeld, buyersNow] = [next, allRead + read, allHeld + held, buyers];
        } while (cursor !== '0');
        heldNow = allHeld;
        if (allRead === buyersNow) break;
      }
      return heldNow;
    },
  };
}

function entriesOf(flat: readonly string[], pending: ReadonlySet<string>): LedgerEntry[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => {
    const orderId = flat[2 * i] as string;
    const { tickets, userId } = reservationOf(orderId, flat[2 * i + 1] as string);
    return { orderId, tickets, userId, published: !pending.has(orderId) };
  });
}

/** Errors: Fault `corrupt`. */
function ticketOf(text: string): number {
  const ticket = Number(text);
  if (!Number.isInteger(ticket)) throw new Fault('corrupt', `the queue holds '${text}', which is not a ticket`);
  return ticket;
}
