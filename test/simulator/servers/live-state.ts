import type {
  LiveDelta,
  LiveSale,
  LiveState,
  LogTally,
  Rebuilt,
  TimelinePoint,
} from '../../../src/ports/live-state.ts';
import { type Bugs, NO_BUGS } from '../bugs.ts';

interface Figures {
  reserved: number;
  version: number;
  readonly seconds: Map<number, number>;
  /** Partition -> the last offset that was applied. */
  readonly applied: Map<number, number>;
}

/** The live state in memory. */
export class SimulatedLiveState implements LiveState {
  readonly #sales = new Map<string, Figures>();

  constructor(private readonly bugs: Bugs = NO_BUGS) {}

  async apply(partition: number, deltas: readonly LiveDelta[]): Promise<void> {
    const before = new Map<string, number>();
    for (const { saleId, offset, second, reserved } of deltas) {
      const figures = this.#sales.get(saleId) ?? { reserved: 0, version: 0, seconds: new Map(), applied: new Map() };
      this.#sales.set(saleId, figures);
      // The deltas of one entry arrive in one call: compare with the partition's offset before this call.
      if (!before.has(saleId)) before.set(saleId, figures.applied.get(partition) ?? -1);
      if (offset <= (before.get(saleId) ?? -1) && !this.bugs.has('doubledDeltas')) continue;
      figures.reserved += reserved;
      figures.version += 1;
      figures.seconds.set(second, (figures.seconds.get(second) ?? 0) + reserved);
      figures.applied.set(partition, Math.max(offset, figures.applied.get(partition) ?? -1));
    }
  }

  async rebuild({ saleId, partitions, seconds }: LogTally): Promise<Rebuilt> {
    const before = this.#sales.get(saleId);
    if (partitions.some(({ partition, upTo }) => (before?.applied.get(partition) ?? -1) > upTo)) {
      return { kind: 'overtaken' };
    }
    const since = Math.max(0, ...partitions.map((one) => one.since));
    const right = new Map<number, number>();
    for (const [second, reserved] of before?.seconds ?? []) if (second < since) right.set(second, reserved);
    for (const { second, reserved } of seconds) {
      if (second >= since) right.set(second, (right.get(second) ?? 0) + reserved);
    }
    const reserved = [...right.values()].reduce((sum, one) => sum + one, 0);
    const all = new Set([...right.keys(), ...(before?.seconds.keys() ?? [])]);
    let changed = [...all].filter((second) => right.get(second) !== before?.seconds.get(second)).length;
    if (changed === 0 && reserved !== (before?.reserved ?? 0)) changed = 1;
    if (before === undefined && changed === 0) return { kind: 'rebuilt', changed };
    this.#sales.set(saleId, {
      reserved,
      version: (before?.version ?? 0) + (changed > 0 ? 1 : 0),
      seconds: right,
      applied: new Map(partitions.map(({ partition, upTo }) => [partition, upTo])),
    });
    return { kind: 'rebuilt', changed };
  }

  async sale(saleId: string): Promise<LiveSale | undefined> {
    const figures = this.#sales.get(saleId);
    return figures && { saleId, reserved: figures.reserved, version: figures.version };
  }

  async *timelinePages(saleId: string): AsyncGenerator<readonly TimelinePoint[]> {
    const seconds = [...(this.#sales.get(saleId)?.seconds ?? [])].sort(([a], [b]) => a - b);
    yield seconds.map(([second, reserved]) => ({ second, reserved }));
  }

  async ping(): Promise<void> {}
}
