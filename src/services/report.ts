import type { Money } from '../domain/money.ts';
import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { LiveState, TimelinePoint } from '../ports/live-state.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';

export interface ReportPorts {
  readonly catalogue: Pick<Catalogue, 'sale'>;
  readonly store: Pick<OrderStore, 'counts' | 'money'>;
  readonly queue: Pick<TicketQueue, 'stock'>;
  readonly live: Pick<LiveState, 'timeline'>;
}

/**
 * What a sale has come to. Orders as they are stored, tickets as the queue has them: while it sells, the one is a moment
 * behind the other.
 */
export interface SaleReport {
  readonly saleId: string;
  readonly total: number;
  readonly remaining: number;
  /** Orders that hold a ticket: reserved and paid. */
  readonly sold: number;
  readonly reserved: number;
  readonly paid: number;
  readonly expired: number;
  readonly cancelled: number;
  /** Refused by the database: see the promises. */
  readonly rejected: number;
  /** Payments that went back, or are about to. */
  readonly refunded: number;
  /** Of the paid orders. */
  readonly revenue: Money;
  /** Reservations by second, as the live state counted them. */
  readonly timeline: readonly TimelinePoint[];
}

/** Undefined without such a sale. Errors: those of the four ports. */
export async function reportOn(saleId: string, ports: ReportPorts): Promise<SaleReport | undefined> {
  const sale: Sale | undefined = await ports.catalogue.sale(saleId);
  if (sale === undefined) return undefined;
  const [{ states }, { revenue, refunded }, stock, timeline] = await Promise.all([
    ports.store.counts(saleId),
    ports.store.money(saleId),
    ports.queue.stock(saleId),
    ports.live.timeline(saleId),
  ]);
  const { reserved, paid, expired, cancelled, rejected } = states;
  return {
    saleId,
    total: sale.total,
    remaining: stock?.remaining ?? sale.total,
    sold: reserved + paid,
    reserved,
    paid,
    expired,
    cancelled,
    rejected,
    refunded,
    revenue: { amount: revenue, currency: sale.price.currency },
    timeline,
  };
}
