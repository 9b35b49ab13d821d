/** What one log entry changed in one sale and second; an entry may have several, never split over two calls. */
export interface LiveDelta {
  readonly saleId: string;
  /** The entry's offset in its partition. */
  readonly offset: number;
  /** Seconds since 1970 of the reservations. */
  readonly second: number;
  readonly reserved: number;
}

export interface LiveSale {
  readonly saleId: string;
  /** Reservations that the log held, as far as it was read. */
  readonly reserved: number;
  /** Counts up with each change. */
  readonly version: number;
}

export interface TimelinePoint {
  /** Seconds since 1970. */
  readonly second: number;
  readonly reserved: number;
}

/** Volatile, derived from the log, rebuilt from it when lost. Errors: Fault `unavailable` or `timeout`. */
export interface LiveState {
  /**
   * Applies the deltas of one partition, in the order of their offsets. A delta whose offset was applied before is
   * ignored, however the redelivered deltas are cut into calls; a call that failed may be repeated.
   */
  apply(partition: number, deltas: readonly LiveDelta[]): Promise<void>;

  sale(saleId: string): Promise<LiveSale | undefined>;

  /** By second, ascending; seconds without a reservation are left out. */
  timeline(saleId: string): Promise<readonly TimelinePoint[]>;

  ping(): Promise<void>;
}
