import type { Money } from './money.ts';

/**
 * The status that the admin gives a sale; buyers see its {@link Phase}. A sale in `publishing` can't be changed any more,
 * because its tickets are being loaded, and does not sell yet. From `published` on, price and product never change, and
 * the total only grows. A `paused` sale sells nothing until it is resumed, `published` again. A `closed` one never sells again,
 * and an `archived` one is no longer in the ticket queue either.
 */
export type SaleStatus = 'draft' | 'publishing' | 'published' | 'paused' | 'closed' | 'archived';

export type Phase = 'draft' | 'upcoming' | 'live' | 'paused' | 'sold_out' | 'ended' | 'closed' | 'archived';

export const PHASES = [
  'draft',
  'upcoming',
  'live',
  'paused',
  'sold_out',
  'ended',
  'closed',
  'archived',
] as const satisfies readonly Phase[];

/** The longest time to pay that a sale may allow: a week. Recovery relies on it to find every sale with unpaid orders. */
export const MAX_PAY_WITHIN_SECONDS = 7 * 24 * 60 * 60;

/** The most tickets of a sale, with those that were added: an audit keeps about 100 bytes for each. */
export const MAX_TOTAL = 10_000_000;

/** A sale as it is stored. Price and product never change once it is published; total and closesAt only grow. */
export interface Sale {
  readonly id: string;
  readonly productId: string;
  readonly title: string;
  readonly description: string;
  readonly imageUrl?: string;
  readonly price: Money;
  /** The number of tickets; they are numbered 1 to total. */
  readonly total: number;
  /** The most tickets that a buyer may hold at once. */
  readonly perBuyerLimit: number;
  /** Milliseconds since 1970; the sale is open from opensAt (included) to closesAt (excluded). */
  readonly opensAt: number;
  readonly closesAt: number;
  /** 1 to MAX_PAY_WITHIN_SECONDS. */
  readonly payWithinSeconds: number;
  readonly status: SaleStatus;
  /** Raised by one each time the ticket queue is rebuilt; the queue rejects a call of an older epoch. */
  readonly epoch: number;
  /** Raised by one with each change of the stored sale. */
  readonly version: number;
}

/** Whether buyers may see the sale. */
export function isPublic(sale: Pick<Sale, 'status'>): boolean {
  return isListed(sale) || sale.status === 'archived';
}

/** Whether lists of sales show it to buyers, and the ticket queue has it: published, and not archived. */
export function isListed(sale: Pick<Sale, 'status'>): boolean {
  return isRunning(sale) || sale.status === 'closed';
}

/** Whether the sale is published and not closed, paused or not, whatever its times are. */
export function isRunning({ status }: Pick<Sale, 'status'>): boolean {
  return status === 'published' || status === 'paused';
}

export type Gate = 'open' | 'notStarted' | 'paused' | 'ended' | 'closed';

/** Whether a sale sells at `nowMs`, according to its status and times. Whether tickets remain is up to the queue. */
export function gateOf(sale: Pick<Sale, 'status' | 'opensAt' | 'closesAt'>, nowMs: number): Gate {
  if (sale.status === 'closed' || sale.status === 'archived') return 'closed';
  if (!isPublic(sale)) return 'notStarted';
  if (nowMs >= sale.closesAt) return 'ended';
  if (sale.status === 'paused') return 'paused';
  return nowMs < sale.opensAt ? 'notStarted' : 'open';
}

export function phaseOf(sale: Sale, nowMs: number, remaining: number): Phase {
  if (!isPublic(sale)) return 'draft';
  if (sale.status === 'archived') return 'archived';
  const gate = gateOf(sale, nowMs);
  if (gate === 'notStarted') return 'upcoming';
  if (gate === 'open') return remaining > 0 ? 'live' : 'sold_out';
  return gate;
}
