import type { ReservationsRecord } from '../../../../domain/log-record.ts';
import type { Stock } from '../../../../domain/stock.ts';
import type { SellItem, SoldSale } from '../../../../ports/one-step-sale.ts';
import type { ReserveReply } from '../../../../ports/ticket-queue.ts';
import { type PackedAnswer, type PackedItems, packAnswer, unpackItems } from '../../sell-wire.ts';
import { appendText } from '../log/ops.ts';
import { writing } from '../op.ts';
import type { Grant } from './decide.ts';
import { decide } from './decide.ts';
import { insertGrants, PUBLISHED } from './insert-grants.ts';
import { saleRow } from './sale.ts';

export interface SellArgs {
  readonly sale: SoldSale;
  /** The queue's clock, milliseconds since 1970. */
  readonly now: number;
  readonly items: PackedItems;
  readonly maxAttempts: number;
}

export type SellReply =
  | { readonly kind: 'answered'; readonly answers: readonly PackedAnswer[]; readonly stock: Stock }
  | Exclude<ReserveReply, { readonly kind: 'answered' }>;

/** Errors: Fault `corrupt` when an order id stands for another purchase already; then nothing was done. */
export const sell = writing((db, { sale, now, items: packed, maxAttempts }: SellArgs): SellReply => {
  const row = saleRow(db, sale.id);
  if (row === undefined) return { kind: 'unknownSale' };
  if (row.epoch !== sale.epoch) return { kind: 'stale', epoch: row.epoch };

  const items = unpackItems(packed);
  const { answers, grants, stock } = decide(db, row, { now, items, publishes: true, maxAttempts });
  if (grants.length > 0) {
    insertGrants(db, grants, { sale: row, now, batch: PUBLISHED });
    // Not the codec's writer: compiling it would hold up the start of this thread, and any JSON of a record will do.
    appendText(db, JSON.stringify(recordOf(sale, now, grants)));
  }
  return { kind: 'answered', answers: answers.map((answer) => packAnswer(answer, now)), stock };
});

function recordOf(sale: SoldSale, reservedAt: number, grants: readonly Grant<SellItem>[]): ReservationsRecord {
  return {
    type: 'reservations',
    saleId: sale.id,
    productId: sale.productId,
    epoch: sale.epoch,
    price: sale.price,
    payWithinSeconds: sale.payWithinSeconds,
    items: grants.map(({ item: { orderId, userId, key, requestId }, ticket }) => ({
      orderId,
      ticket,
      userId,
      key,
      reservedAt,
      requestId,
    })),
  };
}
