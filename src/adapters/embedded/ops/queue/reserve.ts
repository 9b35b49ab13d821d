import type { ReserveItem, ReserveReply } from '../../../../ports/ticket-queue.ts';
import { writing } from '../op.ts';
import { decide } from './decide.ts';
import { insertGrants } from './insert-grants.ts';
import { addPending } from './pending.ts';
import { saleRow } from './sale.ts';

export interface ReserveArgs {
  readonly saleId: string;
  readonly epoch: number;
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  readonly items: readonly ReserveItem[];
  readonly maxAttempts: number;
  readonly maxEnded?: number;
}

/** Errors: Fault `corrupt` if an order id was used for another purchase; then nothing was changed. */
export const reserve = writing(
  (db, { saleId, epoch, now, items, maxAttempts, maxEnded = 0 }: ReserveArgs): ReserveReply => {
    const sale = saleRow(db, saleId);
    if (sale === undefined) return { kind: 'unknownSale' };
    if (sale.epoch !== epoch) return { kind: 'stale', epoch: sale.epoch };

    const { answers, grants, stock } = decide(db, sale, { now, items, publishes: false, maxAttempts, maxEnded });
    if (grants.length > 0) {
      const orderIds = grants.map(({ item }) => item.orderId);
      insertGrants(db, grants, { sale, now, batch: addPending(db, sale.n, now, orderIds) });
    }
    return { kind: 'answered', answers, stock };
  },
);
