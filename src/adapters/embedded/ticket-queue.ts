import { Fault } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import type { Engine } from './engine-types.ts';

export interface EmbeddedQueueOptions {
  readonly engine: Engine;
  /** The queue's clock: decides when sales open and end, and timestamps reservations. */
  readonly clock: Pick<Clock, 'now'>;
}

/** The ticket queue on the embedded database. Errors: what the engine's calls reject with. */
export function createEmbeddedTicketQueue({ engine, clock }: EmbeddedQueueOptions): TicketQueue {
  return {
    load: async ({ id, epoch, total, perBuyerLimit, opensAt, closesAt }) => {
      const isLoaded = await engine.call('queue.load', { id, epoch, total, perBuyerLimit, opensAt, closesAt });
      if (!isLoaded) throw new Fault('fenced', `the sale ${id} was removed from the ticket queue`);
    },
    reserve: (saleId, epoch, items, maxAttempts = 0, maxEnded = 0) =>
      engine.call('queue.reserve', { saleId, epoch, now: clock.now(), items, maxAttempts, maxEnded }),
    published: async (saleId, epoch, orderIds) => {
      await engine.call('queue.published', { saleId, epoch, orderIds });
    },
    claimStranded: (saleId, { leaseMs, max }) =>
      engine.call('queue.claimStranded', { saleId, now: clock.now(), leaseMs, max }),
    // Of all sales: that few of them have any, the engine knows from a table that is nearly always empty.
    withUnpublished: async (saleIds) => {
      const unpublished = new Set(await engine.call('queue.withUnpublished', null));
      return unpublished.size === 0 ? [] : saleIds.filter((saleId) => unpublished.has(saleId));
    },
    release: (saleId, orderIds) => engine.call('queue.release', { saleId, orderIds }),
    forfeit: async (saleId, orders) => {
      await engine.call('queue.forfeit', { saleId, orders });
    },
    update: ({ id, epoch, version, paused, closesAt, total }) =>
      engine.call('queue.update', { id, epoch, version, paused, closesAt, total }),
    close: async (saleId, epoch) => {
      await engine.call('queue.close', { saleId, epoch });
    },
    remove: async (saleId) => {
      while (await engine.call('queue.remove', saleId));
    },
    stock: (saleId) => engine.call('queue.stock', saleId),
    find: (saleId, orderId) => engine.call('queue.find', { saleId, orderId }),
    ping: async () => {
      await engine.call('ping', null);
    },
  };
}
