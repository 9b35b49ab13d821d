/** A discrepancy between the sources about a ticket, an order, or the sale as a whole: what each source says, in words. */
export interface Discrepancy {
  readonly ticket?: number;
  readonly orderId?: string;
  /** A source that has no part in the discrepancy is left out. */
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

export const INVARIANTS = ['tickets', 'one_place', 'buyer_limit', 'stored', 'ledger', 'live_state', 'money'] as const;

export type InvariantName = (typeof INVARIANTS)[number];

export interface Invariant {
  readonly name: InvariantName;
  /** What has to hold, in words. */
  readonly rule: string;
  readonly ok: boolean;
  /** The counts of the sources. While the sale goes on each is of a moment of its own. */
  readonly counted: readonly Counted[];
  /** The number of discrepancies. */
  readonly found: number;
  /** The first of them, at most MAX_DESCRIBED. */
  readonly differences: readonly Discrepancy[];
}

/** Work that is still under way, and therefore no discrepancy. */
export interface InFlight {
  /** Reservations that their front, or the relay, has yet to publish. */
  readonly unpublished: number;
  /** Orders in the log that the worker has not stored yet. */
  readonly unstored: number;
  /** Tickets of ended orders that have not been returned to the queue yet. */
  readonly returning: number;
  /** Tickets of reservations in the log that the live state does not count yet. */
  readonly uncounted: number;
}

export interface AuditResult {
  readonly saleId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly tookMs: number;
  readonly epoch: number;
  /** The ticket queue has been freed of the sale: what is said of it is what the store has. */
  readonly archived: boolean;
  /** Whether every invariant holds. */
  readonly ok: boolean;
  readonly inFlight: InFlight;
  readonly invariants: readonly Invariant[];
}

export const RULES: Readonly<Record<InvariantName, string>> = {
  tickets: 'held and remaining tickets add up to the total',
  one_place: 'each ticket has one place: one order, or the queue',
  buyer_limit: 'no buyer holds more than the limit',
  stored: 'every order in the log is stored',
  ledger: "the queue's ledger and the live orders are the same",
  live_state: 'the live state has counted what is in the log',
  money: 'each payment pays one order or is given back, and no more than it took',
};
