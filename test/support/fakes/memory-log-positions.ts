import type { LogFence, StoreBatch } from '../../../src/ports/order-store.ts';

interface PassedFence extends LogFence {
  readonly group: string;
  readonly partition: number;
}

/** The positions of each consumer group in the log, and the fences that it has passed. */
export class MemoryLogPositions {
  readonly #positions = new Map<string, number>();
  readonly #fences: PassedFence[] = [];

  /** A position never goes back; the first of several equal fences counts. */
  move({ group, positions, fences = [] }: Pick<StoreBatch, 'group' | 'positions' | 'fences'>): void {
    for (const { partition, saleId, epoch, offset } of fences) {
      const passed = this.#passed(group, partition);
      if (passed.some((fence) => fence.saleId === saleId && fence.epoch === epoch)) continue;
      this.#fences.push({ group, partition, saleId, epoch, offset });
    }
    for (const { partition, next } of positions) {
      const place = `${group} ${partition}`;
      this.#positions.set(place, Math.max(next, this.#positions.get(place) ?? 0));
    }
  }

  position(group: string, partition: number): number | undefined {
    return this.#positions.get(`${group} ${partition}`);
  }

  /** In the order of the log. */
  fences(group: string, partition: number): readonly LogFence[] {
    return this.#passed(group, partition)
      .map(({ saleId, epoch, offset }) => ({ saleId, epoch, offset }))
      .sort((a, b) => a.offset - b.offset);
  }

  /** In how many partitions the group has passed a fence of that epoch or a later one. */
  fencePassed(group: string, saleId: string, epoch: number): number {
    const passed = this.#fences.filter((fence) => fence.group === group && fence.saleId === saleId);
    return new Set(passed.filter((fence) => fence.epoch >= epoch).map(({ partition }) => partition)).size;
  }

  #passed(group: string, partition: number): readonly PassedFence[] {
    return this.#fences.filter((fence) => fence.group === group && fence.partition === partition);
  }
}
