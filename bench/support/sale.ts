import type { Sale } from '../../src/domain/sale.ts';

/** Twice what the fastest run has sold. */
const TICKETS_PER_SECOND = 80_000;

/** More tickets than a load of `seconds` can sell. */
export const ticketsFor = (seconds: number): number => Math.ceil(seconds) * TICKETS_PER_SECOND;

export interface SaleShape {
  readonly total: number;
  /** @default the total */
  readonly perBuyerLimit?: number;
  /** @default 900: longer than any run, so that nothing expires during it */
  readonly payWithinSeconds?: number;
}

const OPENED_AGO_MS = 1000;
const OPEN_FOR_MS = 86_400_000;

/** A draft of a sale whose window is open. */
export function saleOf(id: string, { total, perBuyerLimit = total, payWithinSeconds = 900 }: SaleShape): Sale {
  const now = Date.now();
  return {
    id,
    productId: 'bench',
    title: id,
    description: 'a benchmark',
    price: { amount: 12_999, currency: 'USD' },
    total,
    perBuyerLimit,
    opensAt: now - OPENED_AGO_MS,
    closesAt: now + OPEN_FOR_MS,
    payWithinSeconds,
    status: 'draft',
    epoch: 1,
    version: 1,
  };
}
