import type { Clock } from '../../ports/clock.ts';
import type { OneStepSale } from '../../ports/one-step-sale.ts';
import type { Engine } from './engine-types.ts';
import type { EmbeddedOrderLog } from './order-log.ts';
import { packItems, unpackAnswer } from './sell-wire.ts';

export interface EmbeddedSaleOptions {
  readonly engine: Engine;
  /** The log on the same engine, to tell its readers. */
  readonly log: Pick<EmbeddedOrderLog, 'appended'>;
  /** The queue's clock: it opens and ends sales, and stamps reservations. */
  readonly clock: Pick<Clock, 'now'>;
}

/** Queue and log in one transaction of the embedded database. Errors: what the engine's calls reject with. */
export function createEmbeddedSale({ engine, log, clock }: EmbeddedSaleOptions): OneStepSale {
  return {
    sell: async ({ id, epoch, productId, price, payWithinSeconds }, items, maxAttempts = 0) => {
      const sale = { id, epoch, productId, price, payWithinSeconds };
      const now = clock.now();
      const reply = await engine.call('queue.sell', { sale, now, items: packItems(items), maxAttempts });
      log.appended();
      if (reply.kind !== 'answered') return reply;
      return { ...reply, answers: reply.answers.map((answer) => unpackAnswer(answer, now)) };
    },
  };
}
