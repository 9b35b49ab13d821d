/** What one log entry adds to one sale and second. An entry may have several deltas, which are never split over calls. */
export interface LiveDelta {
  readonly saleId: string;
  /** The entry's offset in its partition. */
  readonly offset: number;
  /** The second of the reservations, since 1970. */
  readonly second: number;
  readonly reserved: number;
}

export interface LiveSale {
  readonly saleId: string;
  /** Reservations in the log, as far as it was read. */
  readonly reserved: number;
  /** Increases with each change. */
  readonly version: number;
}

export interface TimelinePoint {
  /** Seconds since 1970. */
  readonly second: number;
  readonly reserved: number;
}

/**
 * Statistics of reservations, derived from the log, and rebuilt from it when they are lost.
 * Errors: Fault `unavailable` or `timeout`.
 */
export interface LiveState {
  /**
   * Applies the deltas of one partition, in the order of their offsets. A delta whose offset was applied before is
   * ignored, however redelivered deltas are grouped into calls; a call that failed may be repeated.
   */
  apply(partition: number, deltas: readonly LiveDelta[]): Promise<void>;

  sale(saleId: string): Promise<LiveSale | undefined>;

  /** In ascending order of seconds; seconds without a reservation are left out. */
  timeline(saleId: string): Promise<readonly TimelinePoint[]>;

  ping(): Promise<void>;
}
