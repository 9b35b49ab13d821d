import type { Sale } from '../../domain/sale.ts';
import type { SellItem } from '../../ports/atomic-sale.ts';
import type { ReserveAnswer, ReserveReply } from '../../ports/ticket-queue.ts';
import { type Asked, applyAnswers, type OpenBatch, OVERLOADED, RECOVERING, type ToPublish } from './batch.ts';
import type { PurchasePorts } from './contract.ts';
import type { PurchaseRequest } from './request.ts';
import type { ShortageMemo } from './shortage-memo.ts';

export interface ReserveStageState {
  readonly shortages: ShortageMemo;
  /** See TicketQueue.reserve; may change at any time. */
  readonly attempts: { readonly max: number };
  /** See TicketQueue.reserve. */
  readonly maxEnded: number;
}

export interface Reserved {
  /** Reservations that must be in the log before their buyers are answered. */
  readonly toPublish: readonly ToPublish[];
  /** The sale, in the epoch that decided. */
  readonly sale: Sale;
}

type ReserveStagePorts = Pick<PurchasePorts, 'queue' | 'atomicSale' | 'sales' | 'policies' | 'deadline'>;

const NOTHING_TO_PUBLISH: readonly ToPublish[] = [];

/**
 * Has the queue decide on a batch and fills in the outcomes. Errors: Faults of queue, catalogue and the queue's policy.
 */
export function reserveStage(
  { queue, atomicSale, sales, policies, deadline }: ReserveStagePorts,
  { shortages, attempts, maxEnded }: ReserveStageState,
): (batch: OpenBatch, asked: readonly Asked[], sale: Sale) => Promise<Reserved> {
  const decide = (sale: Sale, items: readonly SellItem[], maxAttempts: number): Promise<ReserveReply> =>
    policies.queue.execute(() =>
      atomicSale === undefined
        ? queue.reserve(sale.id, sale.epoch, items, maxAttempts, maxEnded)
        : atomicSale.sell(sale, items, maxAttempts, maxEnded),
    );

  /** Checked before each call of the queue: reading the sale may have taken long. */
  const refuseLate = (batch: OpenBatch, asked: readonly Asked[]): readonly Asked[] => {
    const lateBefore = deadline.lateBefore();
    return asked.filter(({ index }) => {
      if ((batch.requests[index] as PurchaseRequest).receivedAt >= lateBefore) return true;
      batch.outcomes[index] = OVERLOADED;
      return false;
    });
  };

  const reserve = async (batch: OpenBatch, asked: readonly Asked[], sale: Sale, isRetry = false): Promise<Reserved> => {
    const inTime = refuseLate(batch, asked);
    if (inTime.length === 0) return { toPublish: NOTHING_TO_PUBLISH, sale };
    // Read once: the setting may change before the answer.
    const maxAttempts = attempts.max;
    const items = inTime.map(({ item }) => item);
    const reply = await decide(sale, items, maxAttempts);
    if (reply.kind === 'answered') {
      sales.observe(sale.id, reply.stock);
      if (reply.answers.some(isShortage)) shortages.add(sale.id, reply.stock.remaining);
      else shortages.lower(sale.id, reply.stock.remaining);
      const toPublish = applyAnswers(batch, inTime, reply.answers, {
        sale,
        maxAttempts,
        isLogged: atomicSale !== undefined,
      });
      return { toPublish, sale };
    }
    if (reply.kind === 'stale' && !isRetry) {
      // The queue was rebuilt since this process read the sale, and did nothing: retry once with the current epoch.
      sales.forget(sale.id);
      return reserve(batch, inTime, (await sales.find(sale.id)) ?? sale, true);
    }
    for (const { index } of inTime) batch.outcomes[index] = RECOVERING;
    return { toPublish: NOTHING_TO_PUBLISH, sale };
  };

  return reserve;
}

function isShortage({ kind }: ReserveAnswer): boolean {
  return kind === 'soldOut' || kind === 'notEnoughLeft';
}
