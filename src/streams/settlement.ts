import { concatMap, defer, map, type Observable, type SchedulerLike } from 'rxjs';
import { isFault, messageOf } from '../domain/errors.ts';
import { orderOf } from '../domain/log-record.ts';
import type { LogChunk, LogEntry, LogPosition, OrderLog } from '../ports/order-log.ts';
import type { NewOrder, OrderStore, Rejection } from '../ports/order-store.ts';
import { batchBy } from './operators/batch-by.ts';
import { type BackoffOptions, retryWithBackoff } from './operators/retry-with-backoff.ts';

export interface SettlementPorts {
  readonly store: Pick<OrderStore, 'store'>;
  readonly log: Pick<OrderLog, 'deadLetter'>;
}

export interface SettlementOptions {
  readonly group: string;
  /** Orders in one transaction, about. */
  readonly batchSize: number;
  /** How long a batch waits for more. */
  readonly batchMs: number;
  /** Tries of an entry that the store refuses for no reason of its own health, before it is set aside. */
  readonly maxAttempts: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const settlementDefaults = {
  group: 'settlement',
  // One multi-row insert of this size is near the best rate of MySQL and well below its packet limit.
  batchSize: 1000,
  batchMs: 5,
  maxAttempts: 3,
  backoff: { baseMs: 100, capMs: 5000 },
} as const satisfies SettlementOptions;

/** What one batch came to. */
export interface SettledBatch {
  readonly entries: number;
  readonly stored: number;
  /** Orders that were stored before: a redelivery, or a relay that was not needed. */
  readonly repeated: number;
  /** Orders that the database refused because another one was first. */
  readonly rejected: readonly Rejection[];
  /** Entries that could not be processed and were set aside. */
  readonly deadLettered: number;
}

/**
 * Log -> batches -> order store. An entry is acknowledged only when its orders, and the position behind it, are stored
 * or it is a dead letter. While the store is away the batch is tried again for as long as it takes, and the log is not
 * read on, since nothing is acknowledged.
 */
export function settlement(
  chunk$: Observable<LogChunk>,
  ports: SettlementPorts,
  options: SettlementOptions = settlementDefaults,
): Observable<SettledBatch> {
  const { scheduler } = options;

  const store = async (positions: readonly LogPosition[], entries: readonly PlacedEntry[]): Promise<SettledBatch> => {
    const orders = entries.flatMap(ordersOf);
    const { stored, repeated, rejected } = await ports.store.store({ group: options.group, positions, orders });
    return { entries: entries.length, stored, repeated, rejected, deadLettered: 0 };
  };

  const setAside = async (placed: PlacedEntry, attempts: number, reason: string): Promise<SettledBatch> => {
    const { partition, entry } = placed;
    const raw = entry.raw ?? JSON.stringify(entry.record);
    await ports.log.deadLetter({ group: options.group, partition, offset: entry.offset, reason, attempts, raw });
    await ports.store.store({ group: options.group, positions: [positionBehind(placed)], orders: [] });
    return { entries: 1, stored: 0, repeated: 0, rejected: [], deadLettered: 1 };
  };

  /** One by one, after the batch was refused as a whole: what stands in the way is found and set aside. */
  const storeEach = async (entries: readonly PlacedEntry[]): Promise<SettledBatch> => {
    let total = NOTHING;
    for (const placed of entries) total = add(total, await storeOne(placed, 1));
    return total;
  };

  const storeOne = async (placed: PlacedEntry, attempt: number): Promise<SettledBatch> => {
    const { error } = placed.entry;
    if (error !== undefined) return setAside(placed, attempt, error);
    try {
      return await store([positionBehind(placed)], [placed]);
    } catch (fault) {
      if (isRetryable(fault)) throw fault;
      return attempt < options.maxAttempts
        ? storeOne(placed, attempt + 1)
        : setAside(placed, attempt, messageOf(fault));
    }
  };

  const settle = async (entries: readonly PlacedEntry[]): Promise<SettledBatch> => {
    if (entries.some(({ entry }) => entry.error !== undefined)) return storeEach(entries);
    try {
      return await store(lastPositions(entries), entries);
    } catch (fault) {
      if (isRetryable(fault)) throw fault;
      return storeEach(entries);
    }
  };

  return chunk$.pipe(
    batchBy({
      size: options.batchSize,
      ms: options.batchMs,
      weigh: ordersIn,
      ...(scheduler === undefined ? {} : { scheduler }),
    }),
    concatMap((chunks) => {
      const entries = chunks.flatMap(({ partition, entries }) => entries.map((entry) => ({ partition, entry })));
      return defer(() => settle(entries)).pipe(
        retryWithBackoff({
          ...options.backoff,
          retryable: isRetryable,
          ...(scheduler === undefined ? {} : { scheduler }),
        }),
        map((settled) => {
          for (const chunk of chunks) chunk.ack();
          return settled;
        }),
      );
    }),
  );
}

interface PlacedEntry {
  readonly partition: number;
  readonly entry: LogEntry;
}

const NOTHING: SettledBatch = { entries: 0, stored: 0, repeated: 0, rejected: [], deadLettered: 0 };

function add(a: SettledBatch, b: SettledBatch): SettledBatch {
  return {
    entries: a.entries + b.entries,
    stored: a.stored + b.stored,
    repeated: a.repeated + b.repeated,
    rejected: [...a.rejected, ...b.rejected],
    deadLettered: a.deadLettered + b.deadLettered,
  };
}

/** A fault of the store's health is waited out; anything else is taken to be the entry's own. */
function isRetryable(fault: unknown): boolean {
  return isFault(fault) && fault.retryable;
}

function ordersIn({ entries }: LogChunk): number {
  return entries.reduce((sum, { record }) => sum + (record?.items.length ?? 0), 0);
}

function ordersOf({ entry: { record } }: PlacedEntry): NewOrder[] {
  return record === undefined ? [] : record.items.map((item) => ({ order: orderOf(record, item), key: item.key }));
}

function positionBehind({ partition, entry }: PlacedEntry): LogPosition {
  return { partition, next: entry.offset + 1 };
}

function lastPositions(entries: readonly PlacedEntry[]): LogPosition[] {
  const last = new Map<number, LogPosition>();
  for (const placed of entries) last.set(placed.partition, positionBehind(placed));
  return [...last.values()];
}
