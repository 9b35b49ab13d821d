import type { LiveDelta, LiveSale, TimelinePoint } from '../../../../ports/live-state.ts';
import { deferrable, reading, writing } from '../op.ts';
import { rebuild } from './rebuild.ts';
import { withoutRebuilt } from './rebuilt-sales.ts';

export interface ApplyArgs {
  readonly partition: number;
  readonly deltas: readonly LiveDelta[];
}

const apply = writing((db, { partition, deltas }: ApplyArgs): null => {
  const before =
    db.get<{ applied: number }>('SELECT applied FROM live_partition WHERE partition = ?', partition)?.applied ?? -1;
  const events = deltas.filter((delta) => delta.offset > before);
  const last = events.at(-1);
  if (last === undefined) return null;

  for (const [saleId, seconds] of totals(withoutRebuilt(db, partition, events))) {
    let all = 0;
    for (const [second, reserved] of seconds) {
      all += reserved;
      db.run(
        `INSERT INTO live_second (sale, second, reserved) VALUES (?, ?, ?)
         ON CONFLICT (sale, second) DO UPDATE SET reserved = reserved + excluded.reserved`,
        saleId,
        second,
        reserved,
      );
    }
    db.run(
      `INSERT INTO live_sale (sale, reserved, version) VALUES (?, ?, 1)
       ON CONFLICT (sale) DO UPDATE SET reserved = reserved + excluded.reserved, version = version + 1`,
      saleId,
      all,
    );
  }
  db.run(
    `INSERT INTO live_partition (partition, applied) VALUES (?, ?)
     ON CONFLICT (partition) DO UPDATE SET applied = excluded.applied`,
    partition,
    last.offset,
  );
  return null;
});

/** Reservations by sale and second, so that each second is written once, however many entries it has. */
function totals(deltas: readonly LiveDelta[]): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const sales = new Map<string, Map<number, number>>();
  for (const { saleId, second, reserved } of deltas) {
    const seconds = sales.get(saleId) ?? new Map<number, number>();
    seconds.set(second, (seconds.get(second) ?? 0) + reserved);
    sales.set(saleId, seconds);
  }
  return sales;
}

const sale = reading((db, saleId: string): LiveSale | undefined => {
  const row = db.get<LiveSale>('SELECT reserved, version FROM live_sale WHERE sale = ?', saleId);
  return row && { saleId, reserved: row.reserved, version: row.version };
});

export interface TimelinePageArgs {
  readonly saleId: string;
  /** The last second of the previous page. */
  readonly after: number;
  readonly max: number;
}

const timelinePage = reading((db, { saleId, after, max }: TimelinePageArgs): readonly TimelinePoint[] =>
  db.all(
    'SELECT second, reserved FROM live_second WHERE sale = ? AND second > ? ORDER BY second LIMIT ?',
    saleId,
    after,
    max,
  ),
);

export const LIVE_OPS = {
  'live.apply': deferrable(apply),
  'live.rebuild': rebuild,
  'live.sale': sale,
  'live.timelinePage': timelinePage,
};
