import type { LogRecord } from '../../domain/log-record.ts';
import type { LogEntry } from '../../ports/order-log.ts';

/** How many records a reader may be behind: some 2,000 orders with 128 concurrent buyers, 8,000 with a thousand. */
const MAX_ENTRIES = 64;

/**
 * The newest entries of the log, for one reader in the process that appended them: taking an entry from here needs no call
 * of the engine and no decoding. It holds only what is on disk. Entries that are missing here, because another process
 * wrote them or the reader is too far behind, are in the file. Taken entries are dropped at once, so that the garbage
 * collector never has to promote them.
 */
export class RecentEntries {
  /** Consecutive. */
  #entries: LogEntry[] = [];
  #end: number | undefined;

  /** The position after the last record that this process appended; undefined before the first. */
  get end(): number | undefined {
    return this.#end;
  }

  /** To be called in the order of the positions. Without the record, the entry has to be read from the file. */
  add(position: number, record: LogRecord | undefined): void {
    if (record === undefined || position !== this.#end || this.#entries.length >= MAX_ENTRIES) this.#entries = [];
    if (record !== undefined) this.#entries.push({ offset: position, record });
    this.#end = position + 1;
  }

  /** Up to `max` entries from position `from` on; none if that one is not here. Earlier ones are dropped, too. */
  take(from: number, max: number): LogEntry[] {
    const [first] = this.#entries;
    if (first === undefined || first.offset > from) return [];
    this.#entries.splice(0, from - first.offset);
    return this.#entries.splice(0, max);
  }
}
