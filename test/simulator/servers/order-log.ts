import type { LogRecord } from '../../../src/domain/log-record.ts';
import type { DeadLetter, LogEntry, LogPosition } from '../../../src/ports/order-log.ts';
import type { World } from '../core/world.ts';

/** Callbacks of a group member; the broker calls them without latency, the member adds its own. */
export interface Member {
  /** Assigns these partitions, under this generation, each with its committed position. */
  readonly assigned: (generation: number, partitions: readonly LogPosition[]) => void;
  /** A partition has new entries. */
  readonly appended: (partition: number) => void;
}

interface Group {
  generation: number;
  readonly members: Set<Member>;
  readonly committed: number[];
  rebalancing: boolean;
}

/** Delay between a change of the membership and the new assignment. */
const REBALANCE_MS = 300;

/** The broker: partitions that keep every entry, and groups that share them. */
export class Broker {
  readonly partitions: readonly LogEntry[][];
  readonly letters: DeadLetter[] = [];
  /** Dead letters that were replayed into the log. */
  readonly replayed = new Set<DeadLetter>();
  readonly #groups = new Map<string, Group>();

  constructor(
    private readonly world: World,
    partitions: number,
  ) {
    this.partitions = Array.from({ length: partitions }, () => []);
  }

  append(record: LogRecord): void {
    this.#write(this.world.random.integer(0, this.partitions.length - 1), record);
  }

  appendFence(saleId: string, epoch: number): number {
    for (const partition of this.partitions.keys()) this.#write(partition, { type: 'fence', saleId, epoch });
    return this.partitions.length;
  }

  /** Returns entries from offset `next` on. */
  read(partition: number, next: number, max: number): readonly LogEntry[] {
    return this.partitions[partition]?.slice(next, next + max) ?? [];
  }

  join(group: string, member: Member): void {
    this.#group(group).members.add(member);
    this.#rebalance(group);
  }

  leave(group: string, member: Member): void {
    if (this.#group(group).members.delete(member)) this.#rebalance(group);
  }

  /** Commits from an earlier generation are ignored. */
  commit(group: string, generation: number, { partition, next }: LogPosition): void {
    const { committed, generation: current } = this.#group(group);
    if (generation === current) committed[partition] = Math.max(next, committed[partition] ?? 0);
  }

  lag(group: string): number {
    const { committed } = this.#group(group);
    return this.partitions.reduce((sum, entries, partition) => sum + entries.length - (committed[partition] ?? 0), 0);
  }

  #write(partition: number, record: LogRecord): void {
    const entries = this.partitions[partition] as LogEntry[];
    entries.push({ offset: entries.length, record });
    for (const { members } of this.#groups.values()) {
      for (const member of members) member.appended(partition);
    }
  }

  #group(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const fresh: Group = { generation: 0, members: new Set(), committed: [], rebalancing: false };
    this.#groups.set(name, fresh);
    return fresh;
  }

  #rebalance(name: string): void {
    const group = this.#group(name);
    // Until the rebalance is done, no commits count.
    group.generation += 1;
    if (group.rebalancing) return;
    group.rebalancing = true;
    this.world.after(REBALANCE_MS, () => {
      group.rebalancing = false;
      const members = [...group.members];
      const shares = members.map((): LogPosition[] => []);
      if (members.length > 0) {
        const shift = this.world.random.integer(0, members.length - 1);
        for (const partition of this.partitions.keys()) {
          shares[(partition + shift) % members.length]?.push({ partition, next: group.committed[partition] ?? 0 });
        }
      }
      for (const [n, member] of members.entries()) member.assigned(group.generation, shares[n] ?? []);
    });
  }
}
