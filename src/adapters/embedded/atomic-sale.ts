import type { AtomicSale, SellItem } from '../../ports/atomic-sale.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ReserveAnswer } from '../../ports/ticket-queue.ts';
import type { Engine } from './engine-types.ts';
import type { EmbeddedOrderLog } from './order-log.ts';
import { recordOf, type SoldItem } from './sell-record.ts';
import { packItems, unpackAnswer } from './sell-wire.ts';

export interface EmbeddedAtomicSaleOptions {
  readonly engine: Engine;
  /** The log on the same engine, whose readers are notified. */
  readonly log: Pick<EmbeddedOrderLog, 'appended'>;
  /** The queue's clock: decides when sales open and end, and timestamps reservations. */
  readonly clock: Pick<Clock, 'now'>;
}

/** Queue and log in one transaction of the embedded database. Errors: what the engine's calls reject with. */
export function createEmbeddedAtomicSale({ engine, log, clock }: EmbeddedAtomicSaleOptions): AtomicSale {
  return {
    sell: async ({ id, epoch, productId, price, payWithinSeconds }, items, maxAttempts = 0, maxEnded = 0) => {
      const sale = { id, epoch, productId, price, payWithinSeconds };
      const now = clock.now();
      const reply = await engine.call('queue.sell', { sale, now, items: packItems(items), maxAttempts, maxEnded });
      if (reply.kind !== 'answered') return reply;
      const { stock, logged } = reply;
      const answers = reply.answers.map((answer) => unpackAnswer(answer, now));
      if (logged !== undefined) {
        const sold = soldOf(items, answers, now);
        // An order id that comes twice within a millisecond is answered twice and logged once.
        log.appended(logged.position, sold.length === logged.items ? recordOf(sale, now, sold) : undefined);
      }
      return { kind: 'answered', answers, stock };
    },
  };
}

/** What was reserved at the time of the call: by itself. */
function soldOf(items: readonly SellItem[], answers: readonly ReserveAnswer[], now: number): SoldItem[] {
  const sold: SoldItem[] = [];
  answers.forEach((answer, n) => {
    const item = items[n];
    if (answer.kind !== 'reserved' || answer.reservedAt !== now || item === undefined) return;
    sold.push({ item, tickets: answer.tickets });
  });
  return sold;
}
