import type { LogRecord } from '../../../src/domain/log-record.ts';
import type { DeadLetter, LogEntry, LogPosition } from '../../../src/ports/order-log.ts';
import type { World } from '../core/world.ts';

/** What a member of a group is told of; called in the broker's time, the member sees to its own. */
export interface Member {
  /** These are yours from now on, under this generation; `committed` is where the group stands. */
  readonly assigned: (generation: number, partitions: readonly LogPosition[]) => void;
  /** There is something new. */
  readonly appended: (partition: number) => void;
}

interface Group {
  generation: number;
  readonly members: Set<Member>;
  readonly committed: number[];
  rebalancing: boolean;
}

/** From a member's coming or going until the partitions are shared out anew. */
const REBALANCE_MS = 300;

/** The broker: partitions in which every entry stays, and groups that share them. */
export class Broker {
  readonly partitions: readonly LogEntry[][];
  readonly letters: DeadLetter[] = [];
  /** Letters that are in the log again. */
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

  /** Entries from `next` on. */
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

  /** A member of an earlier generation is not listened to. */
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
    // Until it is done, nobody's commits count.
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
