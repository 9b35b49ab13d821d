import type { ReservationsRecord } from '../../domain/log-record.ts';
import type { SellItem, SoldSale } from '../../ports/atomic-sale.ts';

export interface SoldItem {
  readonly item: SellItem;
  readonly ticket: number;
}

/** The log record of a call that sold these items. `reservedAt`: by the queue's clock, milliseconds since 1970. */
export function recordOf(sale: SoldSale, reservedAt: number, sold: readonly SoldItem[]): ReservationsRecord {
  return {
    type: 'reservations',
    saleId: sale.id,
    productId: sale.productId,
    epoch: sale.epoch,
    price: sale.price,
    payWithinSeconds: sale.payWithinSeconds,
    items: sold.map(({ item: { orderId, userId, key, requestId }, ticket }) => ({
      orderId,
      ticket,
      userId,
      key,
      reservedAt,
      requestId,
    })),
  };
}
