/**
 * Calls that are not answered yet, each under a number that travels with it and is free again once it is answered.
 *
 * Not a Map: a Map whose entries come and go is rebuilt in a new hash table every few of them, and each old table refers
 * to its successor and still holds its entries. Once such a table is in V8's old generation, the young collections treat
 * all that it refers to as alive, until that has been promoted as well: more than half of what a front's old generation
 * had to take in.
 */
export class InFlightCalls<T> {
  readonly #calls: (T | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#calls.length - this.#free.length;
  }

  /** Returns the call's number. */
  add(call: T): number {
    const number = this.#free.pop() ?? this.#calls.length;
    this.#calls[number] = call;
    return number;
  }

  /** Removes and returns the call with this number; undefined if there is none. */
  take(number: number): T | undefined {
    const call = this.#calls[number];
    if (call === undefined) return undefined;
    this.#calls[number] = undefined;
    this.#free.push(number);
    return call;
  }

  /** Removes and returns all calls. */
  takeAll(): T[] {
    const calls = this.#calls.filter((call) => call !== undefined);
    this.#calls.length = 0;
    this.#free.length = 0;
    return calls;
  }
}
