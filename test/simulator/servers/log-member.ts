import type { ConsumeOptions, LogChunk, LogPosition } from '../../../src/ports/order-log.ts';
import type { Server } from '../core/network.ts';
import type { Process } from '../core/process.ts';
import type { Broker, Member } from './order-log.ts';

/** Retry interval of a member when the log is unavailable, or the store did not return its position. */
const RETRY_MS = 400;
const LATENCY_MS = [0.2, 4] as const;

interface Assigned {
  readonly partition: number;
  /** Offset of the next entry to fetch; undefined until the store has returned the position. */
  next: number | undefined;
  fetching: boolean;
}

/**
 * A member of a consumer group: fetches its assigned partitions, emits the entries in order, and commits acknowledged
 * offsets.
 */
export class Membership implements Member {
  #generation = 0;
  #assigned = new Map<number, Assigned>();
  #inFlight = 0;
  #ended = false;

  constructor(
    private readonly process: Process,
    private readonly server: Server,
    private readonly broker: Broker,
    private readonly options: ConsumeOptions,
    private readonly emit: (chunk: LogChunk) => void,
  ) {}

  end(): void {
    this.#ended = true;
    this.#assigned.clear();
  }

  assigned(generation: number, partitions: readonly LogPosition[]): void {
    this.#soon(() => {
      if (generation < this.#generation) return;
      this.#generation = generation;
      const kept = this.#assigned;
      this.#assigned = new Map();
      for (const { partition, next } of partitions) {
        const before = kept.get(partition);
        if (before !== undefined) this.#assigned.set(partition, before);
        else void this.#begin(partition, next);
      }
    });
  }

  appended(partition: number): void {
    this.#soon(() => this.#fetch(partition));
  }

  async #begin(partition: number, committed: number): Promise<void> {
    const mine: Assigned = { partition, next: undefined, fetching: false };
    this.#assigned.set(partition, mine);
    const isMine = () => this.#assigned.get(partition) === mine;
    while (isMine()) {
      try {
        mine.next = (await this.options.positionOf?.(partition)) ?? committed;
        break;
      } catch {
        await this.process.wait(RETRY_MS);
      }
    }
    if (isMine()) this.#fetch(partition);
  }

  #fetch(partition: number): void {
    const mine = this.#assigned.get(partition);
    if (mine?.next === undefined || mine.fetching || this.#ended) return;
    const room = this.options.maxInFlight - this.#inFlight;
    if (room <= 0) return;
    if (!this.server.up) {
      mine.fetching = true;
      this.process.after(RETRY_MS, () => {
        mine.fetching = false;
        this.#fetch(partition);
      });
      return;
    }
    const max = Math.min(room, this.process.world.random.integer(1, 8));
    const entries = this.broker.read(partition, mine.next, max);
    const last = entries.at(-1);
    if (last === undefined) return;
    const generation = this.#generation;
    mine.next = last.offset + 1;
    this.#inFlight += entries.length;
    let acked = false;
    const ack = () => {
      if (acked) return;
      acked = true;
      this.#inFlight -= entries.length;
      this.#commit(generation, { partition, next: last.offset + 1 });
      // Asynchronously, like any other fetch.
      this.#soon(() => {
        for (const other of this.#assigned.keys()) this.#fetch(other);
      });
    };
    this.emit({ partition, entries, ack });
    this.#soon(() => this.#fetch(partition));
  }

  #commit(generation: number, position: LogPosition): void {
    const { world } = this.process;
    world.after(this.#latency(), () => {
      if (this.server.up) this.broker.commit(this.options.group, generation, position);
    });
  }

  /** Runs a task after the network latency, if the process is alive then. */
  #soon(task: () => void): void {
    this.process.world.after(this.#latency(), () =>
      this.process.deliver(() => {
        if (!this.#ended) task();
      }),
    );
  }

  #latency(): number {
    return this.process.world.random.between(...LATENCY_MS) * this.server.slowness;
  }
}
