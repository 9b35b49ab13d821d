import type { Money } from './money.ts';

/**
 * What the admin decided about a sale; what buyers see is its {@link Phase}. `publishing` is a draft that can't change
 * any more because its tickets are being loaded; nobody can buy yet. From `published` on its price, product and total
 * stand. `closed` is for ever.
 */
export type SaleStatus = 'draft' | 'publishing' | 'published' | 'closed';

export type Phase = 'draft' | 'upcoming' | 'live' | 'sold_out' | 'ended' | 'closed';

export const PHASES = ['draft', 'upcoming', 'live', 'sold_out', 'ended', 'closed'] as const satisfies readonly Phase[];

/** A sale as it is stored. Price, product and total never change once it is published. */
export interface Sale {
  readonly id: string;
  readonly productId: string;
  readonly title: string;
  readonly description: string;
  readonly imageUrl?: string;
  readonly price: Money;
  /** Tickets in the sale; they are numbered 1 to total. */
  readonly total: number;
  /** Most tickets that one buyer may hold at once. */
  readonly perBuyerLimit: number;
  /** Milliseconds since 1970; the sale is open from opensAt (included) to closesAt (excluded). */
  readonly opensAt: number;
  readonly closesAt: number;
  readonly payWithinSeconds: number;
  readonly status: SaleStatus;
  /** Raised by one each time the ticket queue is rebuilt; a queue call of an older epoch is refused. */
  readonly epoch: number;
  /** Raised by one with each change of the stored sale. */
  readonly version: number;
}

/** Whether buyers may see it. */
export function isPublic({ status }: Pick<Sale, 'status'>): boolean {
  return status === 'published' || status === 'closed';
}

export type Gate = 'open' | 'notStarted' | 'ended' | 'closed';

/** Whether a sale sells at `nowMs`, by its own rules; whether a ticket is left is the queue's to say. */
export function gateOf(sale: Pick<Sale, 'status' | 'opensAt' | 'closesAt'>, nowMs: number): Gate {
  if (sale.status === 'closed') return 'closed';
  if (!isPublic(sale) || nowMs < sale.opensAt) return 'notStarted';
  return nowMs < sale.closesAt ? 'open' : 'ended';
}

export function phaseOf(sale: Sale, nowMs: number, remaining: number): Phase {
  if (!isPublic(sale)) return 'draft';
  const gate = gateOf(sale, nowMs);
  if (gate === 'notStarted') return 'upcoming';
  if (gate === 'open') return remaining > 0 ? 'live' : 'sold_out';
  return gate;
}
