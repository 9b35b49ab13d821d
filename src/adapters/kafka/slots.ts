/** Who waits for an append's delivery report. */
export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Waiters by small numbers, which travel with the records as their opaque value: an array and a stack of free places,
 * nothing that is hashed or grows.
 */
export class Slots {
  readonly #waiters: (Waiter | undefined)[];
  readonly #free: number[];

  constructor(capacity: number) {
    this.#waiters = new Array<Waiter | undefined>(capacity).fill(undefined);
    this.#free = Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
  }

  get used(): number {
    return this.#waiters.length - this.#free.length;
  }

  get full(): boolean {
    return this.#free.length === 0;
  }

  /** The place that was given; undefined when all are taken. */
  take(waiter: Waiter): number | undefined {
    const slot = this.#free.pop();
    if (slot !== undefined) this.#waiters[slot] = waiter;
    return slot;
  }

  /** Frees a place; undefined when nobody waits there. */
  release(slot: number): Waiter | undefined {
    const waiter = this.#waiters[slot];
    if (waiter === undefined) return undefined;
    this.#waiters[slot] = undefined;
    this.#free.push(slot);
    return waiter;
  }

  /** Frees all places. */
  releaseAll(): Waiter[] {
    return this.#waiters.flatMap((_, slot) => this.release(slot) ?? []);
  }
}
