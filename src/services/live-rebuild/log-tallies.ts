import type { LogPage, LogRange } from '../../ports/audit-source.ts';
import type { CountedPartition, CountedSecond, LogTally } from '../../ports/live-state.ts';

/**
 * Where the log lacks its oldest entries, a second may have been reserved in one of those if it is not later than the
 * first entry that is left by this much: entries are in the order of their appends, and most appends take milliseconds,
 * but the relay appends what a failed front has left behind.
 */
const LATE_APPEND_SECONDS = 60;

type Seconds = Map<number, CountedSecond>;

/** Counts reserved tickets of some sales in the log by partition and second. */
export class LogTallies {
  /** By sale and partition. */
  readonly #sales: ReadonlyMap<string, Map<number, Seconds>>;
  readonly #partitions = new Map<number, CountedPartition>();
  /** Partitions that lack their oldest entries, until the first reservation that is left was read. */
  readonly #trimmed = new Set<number>();

  constructor(saleIds: Iterable<string>) {
    this.#sales = new Map(Array.from(saleIds, (saleId) => [saleId, new Map()]));
  }

  /** Takes these ranges as what the log has; returns the part of them that is still to be added. */
  extendTo(ranges: readonly LogRange[]): readonly LogRange[] {
    return ranges.map(({ partition, first, next }) => {
      const read = this.#partitions.get(partition);
      if (read === undefined && first > 0) this.#trimmed.add(partition);
      const since = read?.since ?? (first > 0 ? Number.MAX_SAFE_INTEGER : 0);
      this.#partitions.set(partition, { partition, upTo: Math.max(next - 1, read?.upTo ?? -1), since });
      return { partition, first: read === undefined ? first : Math.max(first, read.upTo + 1), next };
    });
  }

  add({ partition, entries }: LogPage): void {
    for (const { offset, record } of entries) {
      if (record?.type !== 'reservations') continue;
      if (this.#trimmed.delete(partition)) this.#setSince(partition, record.items);
      const partitions = this.#sales.get(record.saleId);
      if (partitions === undefined) continue;
      const seconds: Seconds = partitions.get(partition) ?? new Map();
      partitions.set(partition, seconds);
      for (const { reservedAt, tickets } of record.items) {
        const second = Math.floor(reservedAt / 1000);
        const reserved = (seconds.get(second)?.reserved ?? 0) + tickets.length;
        seconds.set(second, { partition, second, reserved, last: offset });
      }
    }
  }

  of(saleId: string): LogTally {
    const seconds = Array.from(this.#sales.get(saleId)?.values() ?? [], (one) => [...one.values()]).flat();
    return { saleId, partitions: [...this.#partitions.values()], seconds };
  }

  #setSince(partition: number, items: readonly { readonly reservedAt: number }[]): void {
    const counted = this.#partitions.get(partition);
    const first = Math.max(...items.map(({ reservedAt }) => reservedAt));
    const since = Math.floor(first / 1000) + LATE_APPEND_SECONDS;
    if (counted !== undefined) this.#partitions.set(partition, { ...counted, since });
  }
}
