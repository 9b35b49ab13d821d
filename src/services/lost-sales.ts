import { isListed, MAX_PAY_WITHIN_SECONDS, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { QueueRecovery } from '../ports/queue-recovery.ts';
import { everySale } from './every-sale.ts';
import { inChunks } from './in-chunks.ts';
import { isLost } from './recovery.ts';

export interface LostSalesPorts {
  readonly recovery: Pick<QueueRecovery, 'state'>;
  readonly catalogue: Pick<Catalogue, 'sales'>;
  readonly clock: Pick<Clock, 'now'>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long after its last payment deadline a sale's idempotency keys are still answered. */
const ANSWERED_FOR_MS = DAY_MS;

/** Whether a sale that the queue loses at `now` is still rebuilt. */
export function isRebuilt({ closesAt, payWithinSeconds }: Sale, now: number): boolean {
  return now < closesAt + payWithinSeconds * 1000 + ANSWERED_FOR_MS;
}

/** Sales whose state is asked for concurrently. */
const CONCURRENCY = 32;

/**
 * The ids of the sales that the queue has lost and that may have reservations, or get some: those that are public or
 * being published, until a day after the last of their orders had to be paid. Errors: Fault `unavailable` or `timeout`.
 */
export async function lostSales({ recovery, catalogue, clock }: LostSalesPorts): Promise<readonly string[]> {
  const now = clock.now();
  const sales: Sale[] = [];
  const endsAfter = now - MAX_PAY_WITHIN_SECONDS * 1000 - ANSWERED_FOR_MS;
  for await (const sale of everySale(catalogue, { includeDrafts: true, endsAfter })) {
    const mayHaveSold = isListed(sale) || sale.status === 'publishing';
    if (mayHaveSold && isRebuilt(sale, now)) sales.push(sale);
  }
  const lost: string[] = [];
  for await (const some of inChunks(sales, CONCURRENCY)) {
    const areLost = await Promise.all(some.map((sale) => isLost(sale, recovery)));
    lost.push(...some.filter((_, n) => areLost[n]).map(({ id }) => id));
  }
  return lost;
}
