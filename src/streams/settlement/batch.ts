import { orderOf } from '../../domain/log-record.ts';
import type { LogChunk, LogEntry, LogPosition } from '../../ports/order-log.ts';
import type { NewOrder, StoreBatch } from '../../ports/order-store.ts';
import type { SettlementFences } from './fences.ts';

/** An entry with its place, and whether it stands behind the fence of its epoch. */
export interface JudgedEntry {
  readonly partition: number;
  readonly entry: LogEntry;
  readonly rejected: boolean;
}

/** Judges entries once, in the order of the log, whatever is then tried how often to store them. */
export function judgeEntries(chunks: readonly LogChunk[], fences: SettlementFences): readonly JudgedEntry[] {
  const judged: JudgedEntry[] = [];
  for (const { partition, entries } of chunks) {
    for (const entry of entries) {
      const { offset, record } = entry;
      if (record?.type === 'fence') fences.add(partition, { saleId: record.saleId, epoch: record.epoch, offset });
      const refused = record?.type === 'reservations' && fences.rejects(partition, offset, record);
      judged.push({ partition, entry, rejected: refused });
    }
  }
  return judged;
}

/** What the store is given of these entries. */
export function batchOf(group: string, entries: readonly JudgedEntry[]): StoreBatch {
  const orders: NewOrder[] = [];
  const refused: NewOrder[] = [];
  const fences: NonNullable<StoreBatch['fences']>[number][] = [];
  for (const { partition, entry, rejected: isRefused } of entries) {
    const { offset, record } = entry;
    if (record?.type === 'fence') fences.push({ partition, saleId: record.saleId, epoch: record.epoch, offset });
    if (record?.type !== 'reservations') continue;
    const into = isRefused ? refused : orders;
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

/** Where each partition goes on behind these entries. */
export function lastPositions(entries: readonly JudgedEntry[]): LogPosition[] {
  const last = new Map<number, LogPosition>();
  for (const { partition, entry } of entries) last.set(partition, { partition, next: entry.offset + 1 });
  return [...last.values()];
}
