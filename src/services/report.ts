import type { Money } from '../domain/money.ts';
import type { Sale } from '../domain/sale.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { LiveState, TimelinePoint } from '../ports/live-state.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import { coarseTimeline } from './coarse-timeline.ts';
import { pagesInTurns } from './turns.ts';

export interface ReportPorts {
  readonly catalogue: Pick<Catalogue, 'sale'>;
  readonly store: Pick<OrderStore, 'counts' | 'money'>;
  readonly queue: Pick<TicketQueue, 'stock'>;
  readonly live: Pick<LiveState, 'timelinePages'>;
}

/** A sale's result so far. While it sells, the orders, which come from the store, lag a moment behind the tickets. */
export interface SaleReport {
  readonly saleId: string;
  readonly total: number;
  readonly remaining: number;
  /** Tickets that orders hold, reserved or paid. */
  readonly sold: number;
  /** Orders that are not paid yet; the following figures count orders, too. */
  readonly reserved: number;
  readonly paid: number;
  readonly expired: number;
  readonly cancelled: number;
  /** Orders that the database rejected: another order has the ticket or the key, or a fence ended their epoch. */
  readonly rejected: number;
  /** The number of refunds that were made, or will be: of payments that paid nothing, and those that admins requested. */
  readonly refunded: number;
  /** The number of payments of another amount or currency than their order's total: they paid nothing, and are refunded. */
  readonly mismatched: number;
  /** The totals of the paid orders added up, without what was given back of them. */
  readonly revenue: Money;
  /** What payments of the right amount took, those included that were given back. */
  readonly captured: Money;
  /** What of that was given back, or will be. */
  readonly givenBack: Money;
  /** Length of each point of the timeline, seconds, for a sale that sold in many seconds; a second if it is absent. */
  readonly timelineStepSeconds?: number;
  /** Reserved tickets by second, or by a longer step, as the live state counted them. */
  readonly timeline: readonly TimelinePoint[];
}

/** Undefined for an unknown sale. Errors: those of the ports. */
export async function reportOn(saleId: string, ports: ReportPorts): Promise<SaleReport | undefined> {
  const sale: Sale | undefined = await ports.catalogue.sale(saleId);
  if (sale === undefined) return undefined;
  const [{ states, tickets }, money, stock, timeline] = await Promise.all([
    ports.store.counts(saleId),
    ports.store.money(saleId),
    sale.status === 'archived' ? undefined : ports.queue.stock(saleId),
    coarseTimeline(pagesInTurns(ports.live.timelinePages(saleId))),
  ]);
  const { reserved, paid, expired, cancelled, rejected } = states;
  const { refunded, mismatched } = money;
  const moneyOf = (amount: number): Money => ({ amount, currency: sale.price.currency });
  return {
    saleId,
    total: sale.total,
    // The queue of an archived sale has been freed: those that no order holds were left.
    remaining: sale.status === 'archived' ? sale.total - tickets : (stock?.remaining ?? sale.total),
    sold: tickets,
    reserved,
    paid,
    expired,
    cancelled,
    rejected,
    refunded,
    mismatched,
    revenue: moneyOf(money.revenue),
    captured: moneyOf(money.captured),
    givenBack: moneyOf(money.givenBack),
    ...(timeline.stepSeconds === 1 ? {} : { timelineStepSeconds: timeline.stepSeconds }),
    timeline: timeline.points,
  };
}
