interface Batch<T> {
  readonly key: string;
  items: T[];
  next: Batch<T> | undefined;
}

/** Batches that wait for a slot, oldest first. A linked list: shifting an array takes time proportional to its length. */
export class WaitingBatches<T> {
  #depth = 0;
  #oldest: Batch<T> | undefined;
  #newest: Batch<T> | undefined;
  /** For each key, the one waiting batch that has room. */
  readonly #filling = new Map<string, Batch<T>>();

  /** Number of items in all batches. */
  get depth(): number {
    return this.#depth;
  }

  /** Key of the oldest batch; undefined if none waits. */
  get oldestKey(): string | undefined {
    return this.#oldest?.key;
  }

  /** Number of items in the oldest batch; 0 if none waits. */
  get oldestSize(): number {
    return this.#oldest?.items.length ?? 0;
  }

  /** Adds an item to its key's batch, which is closed once it has `size` items. */
  add(key: string, item: T, size: number): void {
    let batch = this.#filling.get(key);
    if (batch === undefined) {
      batch = { key, items: [], next: undefined };
      this.#filling.set(key, batch);
      if (this.#newest === undefined) this.#oldest = batch;
      else this.#newest.next = batch;
      this.#newest = batch;
    }
    batch.items.push(item);
    this.#depth += 1;
    if (batch.items.length >= size) this.#filling.delete(key);
  }

  /** Removes the oldest batch and returns its items; empty if none waits. */
  takeOldest(): T[] {
    const batch = this.#oldest;
    if (batch === undefined) return [];
    const { key, items, next } = batch;
    // A removed batch must not retain references: promoted to the old generation, it would keep its items and all later
    // batches alive.
    batch.items = [];
    batch.next = undefined;
    this.#oldest = next;
    if (next === undefined) this.#newest = undefined;
    if (this.#filling.get(key) === batch) this.#filling.delete(key);
    this.#depth -= items.length;
    return items;
  }
}
