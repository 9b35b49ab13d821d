/**
 * Calls that have no answer yet, each under a number that goes with it and is free again once it is answered.
 *
 * Not a Map: one whose entries come and go takes a new table every few of them, and each old table refers to its
 * successor and still holds what was in it. A table that has grown old is taken at its word by the collections of the
 * young, so that it keeps all that came behind it alive, until that has grown old as well: more than half of what a
 * front's old generation had to take in.
 */
export class WaitingCalls<T> {
  readonly #calls: (T | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#calls.length - this.#free.length;
  }

  /** Returns its number. */
  add(call: T): number {
    const number = this.#free.pop() ?? this.#calls.length;
    this.#calls[number] = call;
    return number;
  }

  /** Undefined when nothing waits under the number. */
  take(number: number): T | undefined {
    const call = this.#calls[number];
    if (call === undefined) return undefined;
    this.#calls[number] = undefined;
    this.#free.push(number);
    return call;
  }

  takeAll(): T[] {
    const left = this.#calls.filter((call) => call !== undefined);
    this.#calls.length = 0;
    this.#free.length = 0;
    return left;
  }
}
