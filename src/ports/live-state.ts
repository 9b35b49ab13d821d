/** What one log entry adds to one sale and second. An entry may have several deltas, which are never split over calls. */
export interface LiveDelta {
  readonly saleId: string;
  /** The entry's offset in its partition. */
  readonly offset: number;
  /** The second of the reservations, since 1970. */
  readonly second: number;
  /** Tickets. */
  readonly reserved: number;
}

export interface LiveSale {
  readonly saleId: string;
  /** Tickets of the reservations in the log, as far as it was read. */
  readonly reserved: number;
  /** Increases with each change. */
  readonly version: number;
}

export interface TimelinePoint {
  /** Seconds since 1970. */
  readonly second: number;
  /** Tickets. */
  readonly reserved: number;
}

/** How far a partition of the log was counted. */
export interface CountedPartition {
  readonly partition: number;
  /** The last offset that was counted; -1 if the partition is empty. */
  readonly upTo: number;
  /** Earlier seconds, since 1970, may be incomplete, because the log has lost its oldest entries; 0 if it has all. */
  readonly since: number;
}

/** What one partition of the log has of one second of a sale. */
export interface CountedSecond {
  readonly partition: number;
  readonly second: number;
  /** Tickets. */
  readonly reserved: number;
  /** The offset of the last entry with a reservation of this second. */
  readonly last: number;
}

/** What the whole log has of a sale: each partition up to one offset. */
export interface LogTally {
  readonly saleId: string;
  readonly partitions: readonly CountedPartition[];
  /** Without those that have no reservation. */
  readonly seconds: readonly CountedSecond[];
}

export type Rebuilt =
  /** The number of figures that were not those of the log. A figure may just have been behind it. */
  | { readonly kind: 'rebuilt'; readonly changed: number }
  /** Nothing is sure: entries behind the tally are applied already. The caller counts those too, and repeats the call. */
  | { readonly kind: 'overtaken' };

/**
 * Statistics of reservations, derived from the log, and rebuilt from it when they are lost or wrong.
 * Errors: Fault `unavailable` or `timeout`.
 */
export interface LiveState {
  /**
   * Applies the deltas of one partition, in the order of their offsets. A delta whose offset was applied before is
   * ignored, however redelivered deltas are grouped into calls; a call that failed may be repeated.
   */
  apply(partition: number, deltas: readonly LiveDelta[]): Promise<void>;

  /**
   * Sets a sale's figures to those of the log, whatever they were; deltas that the tally includes are ignored afterwards.
   * Other processes may apply deltas meanwhile. Seconds before a partition's `since` are not changed.
   */
  rebuild(tally: LogTally): Promise<Rebuilt>;

  sale(saleId: string): Promise<LiveSale | undefined>;

  /**
   * The timeline in pages, of which each takes the store a few milliseconds: a week has 600,000 seconds. In any order; what
   * a second has may be in several points, and seconds without a reservation are left out or have 0. A second that is added meanwhile may be left out.
   */
  timelinePages(saleId: string): AsyncIterable<readonly TimelinePoint[]>;

  ping(): Promise<void>;
}
