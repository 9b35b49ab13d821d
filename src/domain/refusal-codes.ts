import type { PurchaseOutcome } from './purchase.ts';

/** Outcomes without an order. */
export type RefusedKind = Exclude<PurchaseOutcome['kind'], 'reserved' | 'replayed'>;

/** What a refused purchase is called wherever it leaves the process: the code of its problem and of its metric. */
export const REFUSAL_CODES = {
  soldOut: 'sold_out',
  limitReached: 'limit_reached',
  notStarted: 'not_started',
  ended: 'ended',
  closed: 'closed',
  keyMismatch: 'key_mismatch',
  tooManyAttempts: 'rate_limited',
  unknownSale: 'not_found',
  overloaded: 'overloaded',
  unavailable: 'unavailable',
  recovering: 'recovering',
  draining: 'draining',
} as const satisfies Record<RefusedKind, string>;
