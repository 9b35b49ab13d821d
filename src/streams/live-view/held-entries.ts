import type { CountedChunk, CountedEntry } from './counted.ts';

/** Consecutive entries of one partition, and the acknowledgements that are due once they are applied. */
export interface PartitionBatch {
  readonly partition: number;
  readonly entries: readonly CountedEntry[];
  readonly acks: readonly (() => void)[];
}

/** Entries that wait for the end of their second, by partition, in their order. */
export class HeldEntries {
  readonly #partitions = new Map<number, HeldPartition>();
  #size = 0;

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  add(chunk: CountedChunk): void {
    let partition = this.#partitions.get(chunk.partition);
    if (partition === undefined) {
      partition = new HeldPartition();
      this.#partitions.set(chunk.partition, partition);
    }
    partition.add(chunk);
    this.#size += chunk.entries.length;
  }

  /**
   * Removes the entries whose reservations are of earlier seconds (since 1970), and those that were held already when this
   * was called last. An entry behind one that stays, stays as well.
   */
  takeBefore(second: number): readonly PartitionBatch[] {
    return this.#take((partition) => partition.takeBefore(second));
  }

  takeAll(): readonly PartitionBatch[] {
    return this.#take((partition) => partition.takeBefore(Number.POSITIVE_INFINITY));
  }

  #take(from: (partition: HeldPartition) => Omit<PartitionBatch, 'partition'>): readonly PartitionBatch[] {
    const batches: PartitionBatch[] = [];
    for (const [partition, held] of this.#partitions) {
      const { entries, acks } = from(held);
      if (held.isEmpty) this.#partitions.delete(partition);
      this.#size -= entries.length;
      if (entries.length > 0) batches.push({ partition, entries, acks });
    }
    return batches;
  }
}

class HeldPartition {
  #entries: CountedEntry[] = [];
  /** How many entries from the first one on were held when entries were taken last. */
  #old = 0;
  /** For each chunk that is not taken completely, how many of its entries are still here. */
  #chunks: { left: number; readonly ack: () => void }[] = [];

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  add({ entries, ack }: CountedChunk): void {
    this.#entries.push(...entries);
    this.#chunks.push({ left: entries.length, ack });
  }

  takeBefore(second: number): Omit<PartitionBatch, 'partition'> {
    let count = this.#old;
    while (count < this.#entries.length && isBefore(this.#entries[count] as CountedEntry, second)) count += 1;
    const entries = this.#entries.splice(0, count);
    this.#old = this.#entries.length;
    return { entries, acks: this.#taken(count) };
  }

  #taken(count: number): readonly (() => void)[] {
    const acks: (() => void)[] = [];
    let rest = count;
    for (const chunk of this.#chunks) {
      if (chunk.left > rest) {
        chunk.left -= rest;
        break;
      }
      rest -= chunk.left;
      acks.push(chunk.ack);
    }
    this.#chunks.splice(0, acks.length);
    return acks;
  }
}

function isBefore({ deltas }: CountedEntry, end: number): boolean {
  return deltas.every(({ second }) => second < end);
}
