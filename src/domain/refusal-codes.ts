import type { PurchaseOutcome } from './purchase.ts';

/** The kinds of outcomes without an order. */
export type RefusedKind = Exclude<PurchaseOutcome['kind'], 'reserved' | 'replayed'>;

/** The public code of each refusal, as in problem details and metrics. */
export const REFUSAL_CODES = {
  soldOut: 'sold_out',
  notEnoughLeft: 'not_enough_left',
  limitReached: 'limit_reached',
  notStarted: 'not_started',
  paused: 'paused',
  ended: 'ended',
  closed: 'closed',
  archived: 'archived',
  keyMismatch: 'key_mismatch',
  tooManyTickets: 'invalid',
  tooManyAttempts: 'rate_limited',
  tooManyOrders: 'too_many_orders',
  unknownSale: 'not_found',
  overloaded: 'overloaded',
  unavailable: 'unavailable',
  recovering: 'recovering',
  draining: 'draining',
} as const satisfies Record<RefusedKind, string>;
