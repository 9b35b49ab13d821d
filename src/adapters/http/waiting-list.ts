/** What a waiting list links; it belongs to one list at a time. */
export interface Waiter {
  previous: Waiter | undefined;
  next: Waiter | undefined;
  /** When it joined, in ticks. */
  since: number;
}

/**
 * Those who wait, oldest first, each with the tick it joined at: who has waited too long stands at the front, so that
 * one sweep a tick does for all, without a timer or a clock reading for each.
 */
export class WaitingList<W extends Waiter> {
  #first: W | undefined;
  #last: W | undefined;
  #size = 0;
  #now = 0;

  get size(): number {
    return this.#size;
  }

  add(waiter: W): void {
    waiter.since = this.#now;
    waiter.previous = this.#last;
    waiter.next = undefined;
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.next = waiter;
    this.#last = waiter;
    this.#size += 1;
  }

  remove(waiter: W): void {
    const previous = waiter.previous as W | undefined;
    const next = waiter.next as W | undefined;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    waiter.previous = undefined;
    waiter.next = undefined;
    this.#size -= 1;
  }

  /** Another tick has gone by: hands over those who joined `ticks` or more ticks ago. Whoever gets one removes it. */
  tick(ticks: number, overdue: (waiter: W) => void): void {
    this.#now += 1;
    for (let waiter = this.#first; waiter !== undefined && waiter.since <= this.#now - ticks; waiter = this.#first) {
      overdue(waiter);
    }
  }
}
