import type { QueueAuditSource } from '../../../src/ports/audit-source.ts';
import type {
  QueuedSale,
  ReserveAnswer,
  ReserveItem,
  ReserveReply,
  TicketQueue,
} from '../../../src/ports/ticket-queue.ts';
import { auditQueue, type QueueAudit } from '../../support/queue-audit.ts';
import { openSale } from '../fixtures.ts';

/** What the tests of a queue share. */
export interface QueueBench {
  /** The queue; another one after it was opened again. */
  readonly queue: () => TicketQueue;
  /** Loads a sale that is open now, of epoch 1 by default; returns its id. */
  readonly load: (overrides?: Partial<QueuedSale>) => Promise<string>;
  /** Reserves in epoch 1. */
  readonly answers: (saleId: string, items: readonly ReserveItem[]) => Promise<readonly ReserveAnswer[]>;
  /** What the queue holds of a sale. */
  readonly audit: (saleId: string) => Promise<QueueAudit | undefined>;
}

/** A queue, and what it holds. */
export interface AuditedQueue {
  readonly queue: TicketQueue;
  readonly auditSource: QueueAuditSource;
}

export function queueBench(audited: () => AuditedQueue): QueueBench {
  const queue = () => audited().queue;
  return {
    queue,
    load: async (overrides = {}) => {
      const sale = openSale(overrides);
      await queue().load(sale);
      return sale.id;
    },
    answers: async (saleId, items) => answersOf(await queue().reserve(saleId, 1, items)),
    audit: (saleId) => auditQueue(audited().auditSource, saleId),
  };
}

export function answersOf(reply: ReserveReply): readonly ReserveAnswer[] {
  if (reply.kind !== 'answered') throw new Error(`the queue did not answer: ${JSON.stringify(reply)}`);
  return reply.answers;
}

/** None of a refusal. */
export function ticketsOf(answer: ReserveAnswer | undefined): readonly number[] {
  return answer !== undefined && 'tickets' in answer ? answer.tickets : [];
}

/** The ticket of an order of one; undefined for a refusal. */
export function ticketOf(answer: ReserveAnswer): number | undefined {
  const [ticket, ...others] = ticketsOf(answer);
  if (others.length > 0) throw new Error(`an order of one ticket has others: ${others}`);
  return ticket;
}
