import type { LogTally, Rebuilt, TimelinePoint } from '../../../../ports/live-state.ts';
import type { Db } from '../../database.ts';
import { writing } from '../op.ts';
import { includedUpTo, setRebuilt } from './rebuilt-sales.ts';

/** Sets the figures of one sale to those of the log, in one transaction. */
export const rebuild = writing((db, { saleId, partitions, seconds }: LogTally): Rebuilt => {
  const isOvertaken = partitions.some(({ partition, upTo }) => includedUpTo(db, saleId, partition) > upTo);
  if (isOvertaken) return { kind: 'overtaken' };
  // A second's figure is of all partitions, so one that lost its oldest entries concerns them all.
  const since = Math.max(0, ...partitions.map((one) => one.since));
  const wanted = new Map<number, number>();
  for (const { second, reserved } of seconds) {
    if (second >= since) wanted.set(second, (wanted.get(second) ?? 0) + reserved);
  }
  const changed = setSeconds(db, saleId, wanted, present(db, saleId, since));
  const wasWrong = setTotal(db, saleId, changed > 0);
  for (const one of partitions) setRebuilt(db, saleId, { ...one, since });
  return { kind: 'rebuilt', changed: changed + (wasWrong ? 1 : 0) };
});

function present(db: Db, saleId: string, since: number): readonly TimelinePoint[] {
  return db.all('SELECT second, reserved FROM live_second WHERE sale = ? AND second >= ?', saleId, since);
}

/** Returns how many seconds were wrong. */
function setSeconds(db: Db, saleId: string, wanted: Map<number, number>, found: readonly TimelinePoint[]): number {
  let changed = 0;
  for (const { second, reserved } of found) {
    const right = wanted.get(second);
    if (right === reserved) wanted.delete(second);
    else if (right === undefined) {
      changed += db.run('DELETE FROM live_second WHERE sale = ? AND second = ?', saleId, second);
    }
  }
  for (const [second, reserved] of wanted) {
    changed += db.run(
      `INSERT INTO live_second (sale, second, reserved) VALUES (?, ?, ?)
       ON CONFLICT (sale, second) DO UPDATE SET reserved = excluded.reserved`,
      saleId,
      second,
      reserved,
    );
  }
  return changed;
}

/** Sets the total to the sum of the seconds, with a new version if either has changed; returns whether only the total was wrong. */
function setTotal(db: Db, saleId: string, secondsChanged: boolean): boolean {
  const sum =
    db.get<{ sum: number | null }>('SELECT sum(reserved) AS sum FROM live_second WHERE sale = ?', saleId)?.sum ?? 0;
  const total = db.get<{ reserved: number }>('SELECT reserved FROM live_sale WHERE sale = ?', saleId)?.reserved ?? 0;
  if (!secondsChanged && sum === total) return false;
  db.run(
    `INSERT INTO live_sale (sale, reserved, version) VALUES (?, ?, 1)
     ON CONFLICT (sale) DO UPDATE SET reserved = excluded.reserved, version = version + 1`,
    saleId,
    sum,
  );
  return !secondsChanged;
}
