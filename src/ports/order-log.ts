import type { Observable } from 'rxjs';
import type { LogRecord, ReservationsRecord } from '../domain/log-record.ts';

/** A log record with its offset. */
export interface LogEntry {
  /** Increases within the partition, not necessarily by one. */
  readonly offset: number;
  /** Undefined when the stored bytes are not a valid record; see {@link LogEntry.error}. */
  readonly record: LogRecord | undefined;
  /** Why the bytes are not a valid record. */
  readonly error?: string;
  /** The stored bytes as text (in base64 if they are not UTF-8), when they are not a valid record. */
  readonly raw?: string;
}

/** Consecutive entries of one partition. */
export interface LogChunk {
  readonly partition: number;
  readonly entries: readonly LogEntry[];
  /**
   * Acknowledges all entries up to the chunk's last: after a restart the group continues behind it, and the consumer may
   * fetch more. Chunks of a partition are acknowledged in their order.
   */
  readonly ack: () => void;
}

/** Where a consumer group continues in one partition. */
export interface LogPosition {
  readonly partition: number;
  /** The next offset to read. */
  readonly next: number;
}

export interface ConsumeOptions {
  /** The name of the consumer group; its members share the partitions. */
  readonly group: string;
  /** The most entries that may be fetched and not yet acknowledged. */
  readonly maxInFlight: number;
  /**
   * How long the oldest unread entry may wait to be fetched together with later ones, milliseconds: fewer fetches, for a
   * consumer that collects batches anyway. A log whose entries are at hand need not wait. @default 0
   */
  readonly fetchWaitMs?: number;
  /**
   * Called for each newly assigned partition: the position that the reader has stored itself. All entries before it count
   * as acknowledged. Undefined stands for the group's committed position, or else the log's beginning.
   */
  readonly positionOf?: (partition: number) => Promise<number | undefined>;
}

/**
 * The durable order log. A record that was acknowledged survives the crash of any process, and every consumer group reads
 * it at least once, in order within a partition.
 */
export interface OrderLog {
  /**
   * Resolves when the record is durable (on all in-sync replicas, or fsynced).
   * Errors: Fault `full` (nothing was sent), `unavailable`, `timeout` (both: the record may be, or become, part of the log).
   */
  append(record: ReservationsRecord): Promise<void>;

  /**
   * Writes a fence of the sale to every partition; resolves with the number of partitions when it is durable in all of
   * them. A call that failed, or was interrupted, may have written some; it may be repeated, since the first fence of an
   * epoch in a partition counts. Errors: as `append`.
   */
  appendFence(saleId: string, epoch: number): Promise<number>;

  /** Whether an append would be accepted now: connected, and the outgoing queue has room. */
  writable(): boolean;

  /**
   * Reads as a member of a consumer group. Subscribing joins the group, unsubscribing leaves it; the Observable takes one
   * subscription. It does not error while the log is unavailable, and continues when the log recovers.
   */
  consume(options: ConsumeOptions): Observable<LogChunk>;

  /** The number of entries that the group has not acknowledged, over all partitions. */
  lag(group: string): Promise<number>;

  /** Stores a record that can't be processed, with the reason and its offset. Durable when it resolves. */
  deadLetter(letter: DeadLetter): Promise<void>;

  /**
   * The dead letters that were not replayed, each once, oldest first, as of the moment of the call.
   * Errors: Fault `unavailable`, `timeout`.
   */
  deadLetters(): AsyncIterable<DecodedDeadLetter>;

  /** Marks a letter, whose record was appended again, as replayed. Durable when it resolves. */
  replayed(letter: DeadLetter): Promise<void>;

  /** Resolves when the log answers, rejects with a Fault otherwise. */
  ping(): Promise<void>;
}

/** Identified by its group, partition and offset. */
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
