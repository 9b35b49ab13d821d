import type { Sale } from '../../domain/sale.ts';
import type { LogAuditSource, LogRange } from '../../ports/audit-source.ts';
import { type PollOptions, poll } from '../../resilience/poll.ts';
import { pagesInTurns } from '../turns.ts';
import { LoggedReservations } from './logged-reservations.ts';
import type { OnEntries } from './progress.ts';

/** The next offset that the settlement reads, by partition. */
export type Positions = ReadonlyMap<number, number>;

/** Waits until the settlement has passed these ranges, or the time to wait is over; returns how far it is then. */
export function settledUpTo(
  ranges: readonly LogRange[],
  positionOf: (partition: number) => Promise<number | undefined>,
  wait: Pick<PollOptions<unknown>, 'everyMs' | 'forMs' | 'clock'>,
): Promise<Positions> {
  const readPositions = async (): Promise<Positions> => {
    const positions = new Map<number, number>();
    for (const { partition, first } of ranges) positions.set(partition, (await positionOf(partition)) ?? first);
    return positions;
  };
  const until = (positions: Positions) =>
    ranges.every(({ partition, first, next }) => first === next || (positions.get(partition) ?? first) >= next);
  return poll(readPositions, { ...wait, until });
}

export async function readLog(
  { id, total }: Pick<Sale, 'id' | 'total'>,
  source: LogAuditSource,
  ranges: readonly LogRange[],
  settled: Positions,
  onEntries: OnEntries,
): Promise<LoggedReservations> {
  const log = new LoggedReservations(total);
  for await (const { partition, entries } of pagesInTurns(source.entries(ranges))) {
    onEntries('log', entries.length);
    const upTo = settled.get(partition) ?? 0;
    for (const { offset, record } of entries) {
      if (record?.type !== 'reservations' || record.saleId !== id) continue;
      for (const item of record.items) log.add(item, offset < upTo);
    }
  }
  return log;
}
