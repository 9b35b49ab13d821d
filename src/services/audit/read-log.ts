import type { Sale } from '../../domain/sale.ts';
import type { LogAuditSource, LogRange } from '../../ports/audit-source.ts';
import { LogBook } from './log-book.ts';
import { type Patience, until } from './until.ts';

/** Where the settlement goes on, by partition. */
export type Positions = ReadonlyMap<number, number>;

/** How far these ranges are settled: to their ends, unless that takes longer than there is patience for. */
export async function settledUpTo(
  ranges: readonly LogRange[],
  positionOf: (partition: number) => Promise<number | undefined>,
  patience: Patience,
): Promise<Positions> {
  const look = async (): Promise<Positions> => {
    const positions = new Map<number, number>();
    for (const { partition, first } of ranges) positions.set(partition, (await positionOf(partition)) ?? first);
    return positions;
  };
  const isSettled = (positions: Positions) =>
    ranges.every(({ partition, first, next }) => first === next || (positions.get(partition) ?? first) >= next);
  return until(look, isSettled, patience);
}

export async function readLog(
  { id, total }: Pick<Sale, 'id' | 'total'>,
  source: LogAuditSource,
  ranges: readonly LogRange[],
  settled: Positions,
): Promise<LogBook> {
  const log = new LogBook(total);
  for await (const { partition, entries } of source.entries(ranges)) {
    const upTo = settled.get(partition) ?? 0;
    for (const { offset, record } of entries) {
      if (record?.type !== 'reservations' || record.saleId !== id) continue;
      for (const item of record.items) log.add(item, offset < upTo);
    }
  }
  return log;
}
