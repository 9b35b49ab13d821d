import type { Subscription } from 'rxjs';
import { expect, vi } from 'vitest';
import type { LogRecord, ReservationsRecord } from '../../../src/domain/log-record.ts';
import type { ConsumeOptions, LogChunk, LogEntry, OrderLog } from '../../../src/ports/order-log.ts';

/** A consumer group on a real cluster may take seconds to start. */
const PATIENCE_MS = 30_000;

export interface MemberOptions extends Partial<ConsumeOptions> {
  readonly group: string;
  /** Whether chunks are acknowledged as they come. @default true */
  readonly acks?: boolean;
}

/** Creates a reader of the log under test, in a group of its own by default. */
export type JoinLog = (options?: Partial<MemberOptions>) => LogMember;

/** A reader that records all that it has received. */
export class LogMember {
  readonly entries: LogEntry[] = [];
  mostUnacknowledged = 0;
  readonly #placed: { readonly partition: number; readonly entry: LogEntry }[] = [];
  readonly #waiting: LogChunk[] = [];
  readonly #subscription: Subscription;
  #acks: boolean;

  constructor(log: OrderLog, { acks = true, maxInFlight = 1_000, ...options }: MemberOptions) {
    this.#acks = acks;
    this.#subscription = log.consume({ ...options, maxInFlight }).subscribe((chunk) => this.#take(chunk));
  }

  /** Without fences. */
  get records(): ReservationsRecord[] {
    return this.entries.flatMap(({ record }) => (record?.type === 'reservations' ? record : []));
  }

  get unacknowledged(): number {
    return this.#waiting.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  /** Of all records, in ascending order. */
  tickets(): number[] {
    return this.records.flatMap(ticketsOf).toSorted((a, b) => a - b);
  }

  byPartition(): ReadonlyMap<number, readonly LogEntry[]> {
    const partitions = new Map<number, LogEntry[]>();
    for (const { partition, entry } of this.#placed) {
      partitions.set(partition, [...(partitions.get(partition) ?? []), entry]);
    }
    return partitions;
  }

  /** Resolves when it has received this many entries. */
  async sees(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.entries.length).toBeGreaterThanOrEqual(count), {
      timeout: PATIENCE_MS,
      interval: 5,
    });
  }

  /** Returns the number of entries. */
  acknowledgeNext(): number {
    const chunk = this.#waiting.shift();
    chunk?.ack();
    return chunk?.entries.length ?? 0;
  }

  acknowledgeFromNowOn(): void {
    this.#acks = true;
    while (this.#waiting.length > 0) this.acknowledgeNext();
  }

  leave(): void {
    this.#subscription.unsubscribe();
  }

  #take(chunk: LogChunk): void {
    this.entries.push(...chunk.entries);
    this.#placed.push(...chunk.entries.map((entry) => ({ partition: chunk.partition, entry })));
    this.#waiting.push(chunk);
    this.mostUnacknowledged = Math.max(this.mostUnacknowledged, this.unacknowledged);
    if (this.#acks) this.acknowledgeNext();
  }
}

export function ticketsOf(record: LogRecord | undefined): number[] {
  return record?.type === 'reservations' ? record.items.flatMap(({ tickets }) => tickets) : [];
}
