import type { LogRecord } from '../../domain/log-record.ts';
import type { LogEntry } from '../../ports/order-log.ts';

/** Records that a reader may be behind: some 2,000 orders with 128 buyers at once, 8,000 with a thousand. */
const MAX_ENTRIES = 64;

/**
 * The newest entries of the log, for one reader in the process that appended them: what it takes from here needs no call of
 * the engine and no decoding. Only what is on disk is put in. What is not here, because another process wrote it or the
 * reader is too far behind, stands in the file. What was taken is let go of, so that it does not grow old.
 */
export class FreshEntries {
  /** Consecutive. */
  #entries: LogEntry[] = [];
  #end: number | undefined;

  /** Behind the last record that this process appended; undefined before the first. */
  get end(): number | undefined {
    return this.#end;
  }

  /** Told in the order of the positions. Without the record, the entry has to be read from the file. */
  add(position: number, record: LogRecord | undefined): void {
    if (record === undefined || position !== this.#end || this.#entries.length >= MAX_ENTRIES) this.#entries = [];
    if (record !== undefined) this.#entries.push({ offset: position, record });
    this.#end = position + 1;
  }

  /** Up to `max` entries from position `from` on; none when that one is not here. Those before it are let go of, too. */
  take(from: number, max: number): LogEntry[] {
    const [first] = this.#entries;
    if (first === undefined || first.offset > from) return [];
    this.#entries.splice(0, from - first.offset);
    return this.#entries.splice(0, max);
  }
}
