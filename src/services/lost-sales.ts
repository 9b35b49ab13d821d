import { isPublic, MAX_PAY_WITHIN_SECONDS, type Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { QueueRecovery } from '../ports/queue-recovery.ts';
import { everySale } from './every-sale.ts';
import { isLost } from './recovery.ts';

export interface LostSalesPorts {
  readonly recovery: Pick<QueueRecovery, 'state'>;
  readonly catalogue: Pick<Catalogue, 'sales'>;
  readonly clock: Pick<Clock, 'now'>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long after its last deadline a sale's keys are answered. */
const ANSWERED_FOR_MS = DAY_MS;

/** Sales whose state is asked for at once. */
const AT_ONCE = 32;

/**
 * The sales that the queue has lost and that may have reservations, or may get some: those that are public or about to
 * be, until a day after the last of their orders had to be paid. Errors: Fault `unavailable` or `timeout`.
 */
export async function lostSales({ recovery, catalogue, clock }: LostSalesPorts): Promise<readonly string[]> {
  const now = clock.now();
  const sales: Sale[] = [];
  const endsAfter = now - MAX_PAY_WITHIN_SECONDS * 1000 - ANSWERED_FOR_MS;
  for await (const sale of everySale(catalogue, { includeDrafts: true, endsAfter })) {
    const isOn = isPublic(sale) || sale.status === 'publishing';
    if (isOn && now < sale.closesAt + sale.payWithinSeconds * 1000 + ANSWERED_FOR_MS) sales.push(sale);
  }
  const lost: string[] = [];
  for (let i = 0; i < sales.length; i += AT_ONCE) {
    const some = sales.slice(i, i + AT_ONCE);
    const areLost = await Promise.all(some.map((sale) => isLost(sale, recovery)));
    lost.push(...some.filter((_, n) => areLost[n]).map(({ id }) => id));
  }
  return lost;
}
