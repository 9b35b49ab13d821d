import type {
  QueuedSale,
  ReserveAnswer,
  ReserveItem,
  ReserveReply,
  TicketQueue,
} from '../../../src/ports/ticket-queue.ts';
import { openSale } from '../fixtures.ts';

/** What the tests of a queue share. */
export interface QueueBench {
  /** The queue; another one after it was opened again. */
  readonly queue: () => TicketQueue;
  /** Loads a sale that is open now, of epoch 1 by default; returns its id. */
  readonly load: (overrides?: Partial<QueuedSale>) => Promise<string>;
  /** Reserves in epoch 1. */
  readonly answers: (saleId: string, items: readonly ReserveItem[]) => Promise<readonly ReserveAnswer[]>;
}

export function queueBench(queue: () => TicketQueue): QueueBench {
  return {
    queue,
    load: async (overrides = {}) => {
      const sale = openSale(overrides);
      await queue().load(sale);
      return sale.id;
    },
    answers: async (saleId, items) => answersOf(await queue().reserve(saleId, 1, items)),
  };
}

export function answersOf(reply: ReserveReply): readonly ReserveAnswer[] {
  if (reply.kind !== 'answered') throw new Error(`the queue did not answer: ${JSON.stringify(reply)}`);
  return reply.answers;
}

export function ticketOf(answer: ReserveAnswer): number | undefined {
  return 'ticket' in answer ? answer.ticket : undefined;
}
