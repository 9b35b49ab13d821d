import { setTimeout as delay } from 'node:timers/promises';
import { type LogRecord, ordersIn } from '../../domain/log-record.ts';
import type { ConsumeOptions, LogChunk, LogEntry } from '../../ports/order-log.ts';
import { decodeRecord } from '../log-codec.ts';
import { ReadCredit } from '../read-credit.ts';
import type { Engine } from './engine-types.ts';
import { FreshEntries } from './fresh-entries.ts';
import type { GroupPositions } from './group-positions.ts';
import { FIRST_POSITION, type StoredRecord } from './ops/log/ops.ts';
import { Wakeup } from './wakeup.ts';

/** The embedded log has one partition. */
export const PARTITION = 0;

/** Records of one read: a record may be 16 KiB, and a read holds the engine up. */
const READ_MAX = 16;

/**
 * Orders in memory that nobody has acknowledged, before more are read: two settlement batches, one that is being stored
 * and the next. Whatever waits longer waits in the log, not in the heap, where it would grow old: it was most of what a
 * front's garbage collector had to move.
 */
const ORDERS_AHEAD = 2_048;

/** How soon records that another process appended are seen; appends of this one wake the reader. */
const POLL_MS = 250;

/** How long to wait after a read failed. */
const RETRY_MS = 200;

export interface LogReaderOptions extends ConsumeOptions {
  readonly engine: Engine;
  readonly positions: GroupPositions;
  readonly next: (chunk: LogChunk) => void;
}

/** Reads the log for one member of a group: at most `maxInFlight` entries ahead of what was acknowledged. */
export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #wakeup = new Wakeup();
  readonly #fresh = new FreshEntries();
  readonly #entryCredit: ReadCredit;
  readonly #orderCredit = new ReadCredit(ORDERS_AHEAD);
  #stopped = false;

  constructor(options: LogReaderOptions) {
    this.#options = options;
    this.#entryCredit = new ReadCredit(options.maxInFlight);
  }

  /** Goes on until it is stopped; never rejects. */
  async run(): Promise<void> {
    let next: number | undefined;
    let pollDue = false;
    while (!this.#stopped) {
      this.#wakeup.reset();
      if (!this.#hasRoom()) {
        await this.#wakeup.sleep();
        continue;
      }
      try {
        next ??= await this.#start();
        let entries = this.#fresh.take(next, this.#max());
        // Where this process has appended nothing more, only what others did can be new: a poll sees that.
        if (entries.length === 0 && (pollDue || this.#fresh.end !== next)) entries = await this.#read(next);
        const last = entries.at(-1);
        if (last === undefined) {
          pollDue = !(await this.#wakeup.sleep(POLL_MS));
          continue;
        }
        next = last.offset + 1;
        this.#emit(entries, next);
      } catch {
        // Away for a while: the engine's other callers are told why, a reader waits.
        await delay(RETRY_MS);
      }
    }
  }

  /** This process has appended a record, and it is on disk. Told in the order of the positions. */
  appended(position: number, record: LogRecord | undefined): void {
    this.#fresh.add(position, record);
    this.#wakeup.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#wakeup.wake();
  }

  #hasRoom(): boolean {
    return this.#entryCredit.hasRoom && this.#orderCredit.hasRoom;
  }

  async #start(): Promise<number> {
    const { engine, group, positions, positionOf } = this.#options;
    const own = await positionOf?.(PARTITION);
    if (own === undefined) return (await engine.call('log.position', group)) ?? FIRST_POSITION;
    // What was stored as the reader left is not acknowledged here: the group would seem to lag until the next record.
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
      // Who has left acknowledges nothing: the next member may be further.
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
