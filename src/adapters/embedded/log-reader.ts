import { type LogRecord, ordersIn } from '../../domain/log-record.ts';
import type { ConsumeOptions, LogChunk, LogEntry } from '../../ports/order-log.ts';
import { retry } from '../../resilience/retry.ts';
import { decodeRecord } from '../log-codec.ts';
import { ReadCredit } from '../read-credit.ts';
import type { Engine } from './engine-types.ts';
import type { GroupPositions } from './group-positions.ts';
import { FIRST_POSITION, type StoredRecord } from './ops/log/ops.ts';
import { RecentEntries } from './recent-entries.ts';
import { Wakeup } from './wakeup.ts';

/** The embedded log has one partition. */
export const PARTITION = 0;

/** Records of one read: a record may be 16 KiB, and the engine runs no other call meanwhile. */
const READ_MAX = 16;

/**
 * Unacknowledged orders, beyond which no more are read, for each entry that may be in flight: for the settlement two batches, the
 * one that is being stored and the next. Others wait in the log and not on the heap, where the garbage collector would have
 * to promote them.
 */
const ORDERS_PER_ENTRY = 8;

/** Interval of looking for records of other processes; appends of this process wake the reader. */
const POLL_MS = 250;

/** Pause after a read that failed. */
const RETRY_MS = 200;

export interface LogReaderOptions extends ConsumeOptions {
  readonly engine: Engine;
  readonly positions: GroupPositions;
  readonly next: (chunk: LogChunk) => void;
}

/** Reads the log for one member of a group, at most `maxInFlight` entries ahead of its acknowledgements. */
export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #wakeup = new Wakeup();
  readonly #recent = new RecentEntries();
  readonly #entryCredit: ReadCredit;
  readonly #orderCredit: ReadCredit;
  /** The next position to read; undefined until the reader knows where its group is. */
  #next: number | undefined;
  #pollDue = false;
  #stopped = false;

  constructor(options: LogReaderOptions) {
    this.#options = options;
    this.#entryCredit = new ReadCredit(options.maxInFlight);
    this.#orderCredit = new ReadCredit(ORDERS_PER_ENTRY * options.maxInFlight);
  }

  /** Reads until it is stopped; never rejects. A failed read is repeated: the engine's other callers report the reason. */
  run(): Promise<void> {
    return retry(() => this.#readUntilStopped(), { baseMs: RETRY_MS, capMs: RETRY_MS });
  }

  /** To be called when this process has appended a record and it is on disk, in the order of the positions. */
  appended(position: number, record: LogRecord | undefined): void {
    this.#recent.add(position, record);
    this.#wakeup.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#wakeup.wake();
  }

  async #readUntilStopped(): Promise<void> {
    while (!this.#stopped) {
      this.#wakeup.reset();
      if (!this.#hasRoom()) {
        await this.#wakeup.sleep();
        continue;
      }
      this.#next ??= await this.#start();
      const from = this.#next;
      let entries = this.#recent.take(from, this.#max());
      // At the end of what this process has appended, only another process can have appended more: a poll looks for that.
      if (entries.length === 0 && (this.#pollDue || this.#recent.end !== from)) entries = await this.#read(from);
      const last = entries.at(-1);
      if (last === undefined) {
        this.#pollDue = !(await this.#wakeup.sleep(POLL_MS));
        continue;
      }
      this.#next = last.offset + 1;
      this.#emit(entries, this.#next);
    }
  }

  #hasRoom(): boolean {
    return this.#entryCredit.hasRoom && this.#orderCredit.hasRoom;
  }

  async #start(): Promise<number> {
    const { engine, group, positions, positionOf } = this.#options;
    const own = await positionOf?.(PARTITION);
    if (own === undefined) return (await engine.call('log.position', group)) ?? FIRST_POSITION;
    // The reader's store may be ahead of the group's position: without this the group would seem to lag until the next record.
    positions.set(group, own);
    return own;
  }

  #max(): number {
    return Math.min(READ_MAX, this.#entryCredit.room);
  }

  async #read(from: number): Promise<LogEntry[]> {
    const records = await this.#options.engine.call('log.read', { from, max: this.#max() });
    return records.map(entryOf);
  }

  #emit(entries: readonly LogEntry[], next: number): void {
    if (this.#stopped) return;
    const { group, positions } = this.#options;
    const orders = ordersIn(entries);
    this.#entryCredit.take(entries.length);
    this.#orderCredit.take(orders);
    let acked = false;
    const ack = (): void => {
      // A member that has left acknowledges nothing: the next one may be further ahead.
      if (acked || this.#stopped) return;
      acked = true;
      this.#entryCredit.give(entries.length);
      this.#orderCredit.give(orders);
      positions.set(group, next);
      this.#wakeup.wake();
    };
    this.#options.next({ partition: PARTITION, entries, ack });
  }
}

export function entryOf({ position, payload }: StoredRecord): LogEntry {
  const decoded = decodeRecord(payload);
  return decoded.record === undefined
    ? { offset: position, ...decoded, raw: payload }
    : { offset: position, record: decoded.record };
}
