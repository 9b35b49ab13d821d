import { orderOf } from '../../domain/log-record.ts';
import type { LogChunk, LogEntry, LogPosition } from '../../ports/order-log.ts';
import type { NewOrder, StoreBatch } from '../../ports/order-store.ts';
import type { SettlementFences } from './fences.ts';

/** A log entry with its partition, and whether it lies behind a fence of its epoch. */
export interface JudgedEntry {
  readonly partition: number;
  readonly entry: LogEntry;
  readonly rejected: boolean;
}

/** Judges entries exactly once, in log order, however often storing them is then attempted. */
export function judgeEntries(chunks: readonly LogChunk[], fences: SettlementFences): readonly JudgedEntry[] {
  const judged: JudgedEntry[] = [];
  for (const { partition, entries } of chunks) {
    for (const entry of entries) {
      const { offset, record } = entry;
      if (record?.type === 'fence') fences.add(partition, { saleId: record.saleId, epoch: record.epoch, offset });
      const rejected = record?.type === 'reservations' && fences.rejects(partition, offset, record);
      judged.push({ partition, entry, rejected });
    }
  }
  return judged;
}

/** The store's batch for these entries. */
export function batchOf(group: string, entries: readonly JudgedEntry[]): StoreBatch {
  const orders: NewOrder[] = [];
  const refused: NewOrder[] = [];
  const fences: NonNullable<StoreBatch['fences']>[number][] = [];
  for (const { partition, entry, rejected: isRejected } of entries) {
    const { offset, record } = entry;
    if (record?.type === 'fence') fences.push({ partition, saleId: record.saleId, epoch: record.epoch, offset });
    if (record?.type !== 'reservations') continue;
    const into = isRejected ? refused : orders;
    for (const item of record.items) into.push({ order: orderOf(record, item), key: item.key });
  }
  return {
    group,
    positions: lastPositions(entries),
    orders,
    ...(refused.length === 0 ? {} : { fenced: refused }),
    ...(fences.length === 0 ? {} : { fences }),
  };
}

/** The position behind these entries, per partition. */
export function lastPositions(entries: readonly JudgedEntry[]): LogPosition[] {
  const last = new Map<number, LogPosition>();
  for (const { partition, entry } of entries) last.set(partition, { partition, next: entry.offset + 1 });
  return [...last.values()];
}
