/** What a {@link TimeoutQueue} links; it belongs to one queue at a time. */
export interface TimeoutEntry {
  previous: TimeoutEntry | undefined;
  next: TimeoutEntry | undefined;
  /** The tick at which it was added. */
  since: number;
}

/**
 * Entries with one timeout in common, as a linked list. The oldest entry is first, so one timer serves all of them: a tick
 * looks at those that have timed out and at one more. An entry costs neither a timer nor a reading of the clock.
 */
export class TimeoutQueue<E extends TimeoutEntry> {
  #first: E | undefined;
  #last: E | undefined;
  #size = 0;
  #now = 0;

  get size(): number {
    return this.#size;
  }

  add(entry: E): void {
    entry.since = this.#now;
    entry.previous = this.#last;
    entry.next = undefined;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.#size += 1;
  }

  remove(entry: E): void {
    const previous = entry.previous as E | undefined;
    const next = entry.next as E | undefined;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    entry.previous = undefined;
    entry.next = undefined;
    this.#size -= 1;
  }

  /** Advances the time by one tick. Passes entries that are `ticks` or more ticks old to `onTimeout`, which must remove them. */
  tick(ticks: number, onTimeout: (entry: E) => void): void {
    this.#now += 1;
    for (let entry = this.#first; entry !== undefined && entry.since <= this.#now - ticks; entry = this.#first) {
      onTimeout(entry);
    }
  }
}
