import type { ReservationsRecord } from '../../domain/log-record.ts';
import type { SellItem, SoldSale } from '../../ports/atomic-sale.ts';
import { toWireItem, type WireReservations } from '../log-wire.ts';

export interface SoldItem {
  readonly item: SellItem;
  /** See Order. */
  readonly tickets: readonly number[];
}

/** The log record of a call that sold these items. `reservedAt`: by the queue's clock, milliseconds since 1970. */
export function recordOf(sale: SoldSale, reservedAt: number, sold: readonly SoldItem[]): ReservationsRecord {
  const items = sold.map(({ item: { orderId, userId, key, requestId }, tickets }) => ({
    orderId,
    tickets,
    userId,
    key,
    reservedAt,
    requestId,
  }));
  return { ...termsOf(sale), items };
}

/** The same as the log has it. */
export function wireRecordOf(sale: SoldSale, reservedAt: number, sold: readonly SoldItem[]): WireReservations {
  return { ...termsOf(sale), items: sold.map(({ item, tickets }) => toWireItem(item, tickets, reservedAt)) };
}

function termsOf({ id, productId, epoch, price, payWithinSeconds }: SoldSale): Omit<ReservationsRecord, 'items'> {
  return { type: 'reservations', saleId: id, productId, epoch, price, payWithinSeconds };
}
