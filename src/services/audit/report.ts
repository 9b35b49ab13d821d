/** Which side says what about a ticket, an order, or the sale as a whole. */
export interface Difference {
  readonly ticket?: number;
  readonly orderId?: string;
  /** In words, by side; a side that is not asked says nothing. */
  readonly catalogue?: string;
  readonly queue?: string;
  readonly log?: string;
  readonly store?: string;
  readonly live?: string;
}

export interface Counted {
  readonly what: string;
  readonly count: number;
}

export type InvariantName = 'tickets' | 'one_place' | 'buyer_limit' | 'stored' | 'ledger' | 'live_state';

export interface Invariant {
  readonly name: InvariantName;
  /** What has to hold, in words. */
  readonly rule: string;
  readonly ok: boolean;
  /** What was counted, on either side. While the sale goes on each count is of its own moment. */
  readonly counted: readonly Counted[];
  /** How many were found. */
  readonly found: number;
  /** The first of them, MAX_TOLD at the most. */
  readonly differences: readonly Difference[];
}

/** What is on its way, and no difference. */
export interface InFlight {
  /** Reservations that wait to be published: their fronts', or the relay's. */
  readonly unpublished: number;
  /** Orders in the log that the worker has not stored yet. */
  readonly unstored: number;
  /** Tickets of ended orders that the queue has not got back yet. */
  readonly returning: number;
  /** Reservations in the log that the live state does not count yet. */
  readonly uncounted: number;
}

export interface AuditReport {
  readonly saleId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly tookMs: number;
  readonly epoch: number;
  /** Whether every invariant holds. */
  readonly ok: boolean;
  readonly inFlight: InFlight;
  readonly invariants: readonly Invariant[];
}

export const INVARIANTS = [
  'tickets',
  'one_place',
  'buyer_limit',
  'stored',
  'ledger',
  'live_state',
] as const satisfies readonly InvariantName[];

export const RULES: Readonly<Record<InvariantName, string>> = {
  tickets: 'sold and held and remaining tickets are all the tickets of the sale',
  one_place: 'each ticket has one place: one order, or the queue',
  buyer_limit: 'no buyer holds more than the limit',
  stored: 'every order in the log is stored',
  ledger: "the queue's ledger and the live orders are the same",
  live_state: 'the live state has counted what is in the log',
};
