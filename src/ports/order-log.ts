import type { Observable } from 'rxjs';
import type { LogRecord, ReservationsRecord } from '../domain/log-record.ts';

/** One log record with its place. */
export interface LogEntry {
  /** Counts up within the partition, not necessarily by one. */
  readonly offset: number;
  /** Undefined when the stored bytes are no record: see {@link LogEntry.error}. */
  readonly record: LogRecord | undefined;
  /** Why the bytes are no record. */
  readonly error?: string;
  /** The stored bytes, as text; there when they are no record. */
  readonly raw?: string;
}

/** Consecutive entries of one partition. */
export interface LogChunk {
  readonly partition: number;
  readonly entries: readonly LogEntry[];
  /**
   * All entries up to the chunk's last are dealt with: the group goes on behind it after a restart, and the
   * consumer may fetch more. Chunks of a partition are acknowledged in their order.
   */
  readonly ack: () => void;
}

/** Where a reader of one partition goes on. */
export interface LogPosition {
  readonly partition: number;
  /** The next offset to read. */
  readonly next: number;
}

export interface ConsumeOptions {
  /** The group's name; members of a group share the partitions. */
  readonly group: string;
  /** Fetched and not yet acknowledged entries at the most. */
  readonly maxInFlight: number;
  /**
   * Asked for each newly assigned partition: where the reader's own store says it stands; all before it counts as
   * acknowledged. Undefined: from the group's committed position, or the log's beginning.
   */
  readonly positionOf?: (partition: number) => Promise<number | undefined>;
}

/**
 * The durable order log: what it has acknowledged survives any process, and every group reads it at least once,
 * in order within a partition.
 */
export interface OrderLog {
  /**
   * Resolves when the record is durable (on all in-sync replicas, or fsynced).
   * Errors: Fault `full` (nothing was sent), `unavailable`, `timeout` (both: it may be in the log or may come to be).
   */
  append(record: ReservationsRecord): Promise<void>;

  /**
   * Writes a fence of the sale to every partition; resolves, with how many those are, when it is durable on all of them.
   * A call that failed, or was cut off, may have written some; another one is harmless, since the first fence of a
   * partition counts. Errors: as `append`.
   */
  appendFence(saleId: string, epoch: number): Promise<number>;

  /** Whether an append would be accepted now: connected, and the outgoing queue has room. */
  writable(): boolean;

  /**
   * Reads as member of a group. Subscribing joins, unsubscribing leaves; one subscription an Observable. It respects
   * `maxInFlight` and doesn't error when the log is away for a while: it goes on when the log is back.
   */
  consume(options: ConsumeOptions): Observable<LogChunk>;

  /** Entries that the group has not acknowledged, over all partitions. */
  lag(group: string): Promise<number>;

  /** Sets a record aside that can't be processed, with the reason and its place. Durable when it resolves. */
  deadLetter(letter: DeadLetter): Promise<void>;

  /**
   * What was set aside and not replayed since, each once, oldest first: all there is when it is called.
   * Errors: Fault `unavailable`, `timeout`.
   */
  deadLetters(): AsyncIterable<DecodedDeadLetter>;

  /** The record of this letter is in the log again: it is not shown any more. Durable when it resolves. */
  replayed(letter: DeadLetter): Promise<void>;

  /** Resolves when the log answers, rejects with a Fault otherwise. */
  ping(): Promise<void>;
}

/** Its group, partition and offset tell it from any other. */
export interface DeadLetter {
  readonly group: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
  readonly attempts: number;
  /** The record as it was stored. */
  readonly raw: string;
}

/** A dead letter as it is read back. */
export interface DecodedDeadLetter extends DeadLetter {
  /** The record in `raw`; undefined when that is not a record: see `error`. */
  readonly record: LogRecord | undefined;
  /** Why `raw` is not a record. */
  readonly error?: string;
}
