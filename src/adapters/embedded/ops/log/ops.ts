import type { DeadLetter } from '../../../../ports/order-log.ts';
import { reading, writing } from '../op.ts';

/** A stored record with its place. */
export interface StoredRecord {
  readonly position: number;
  readonly payload: string;
}

const append = writing((db, payload: string): null => {
  db.run('INSERT INTO log (payload) VALUES (?)', payload);
  return null;
});

/** Up to `max` records from position `from` (included) on, in order. */
const read = reading((db, { from, max }: { readonly from: number; readonly max: number }): readonly StoredRecord[] =>
  db.all('SELECT position, payload FROM log WHERE position >= ? ORDER BY position LIMIT ?', from, max),
);

/** Where a group goes on; undefined for one that never acknowledged anything. */
const position = reading(
  (db, group: string): number | undefined =>
    db.get<{ next: number }>('SELECT next FROM log_group WHERE name = ?', group)?.next,
);

const ack = writing((db, { group, next }: { readonly group: string; readonly next: number }): null => {
  db.run(
    `INSERT INTO log_group (name, next) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET next = excluded.next`,
    group,
    next,
  );
  return null;
});

const lag = reading(
  (db, group: string): number =>
    db.get<{ lag: number }>(
      `SELECT count(*) AS lag FROM log
       WHERE position >= coalesce((SELECT next FROM log_group WHERE name = ?), 0)`,
      group,
    )?.lag ?? 0,
);

const deadLetter = writing((db, letter: DeadLetter): null => {
  db.run(
    'INSERT OR REPLACE INTO dead_letter (reader, partition, position, reason, attempts, raw) VALUES (?, ?, ?, ?, ?, ?)',
    letter.group,
    letter.partition,
    letter.offset,
    letter.reason,
    letter.attempts,
    letter.raw,
  );
  return null;
});

export const LOG_OPS = {
  'log.append': append,
  'log.read': read,
  'log.position': position,
  'log.ack': ack,
  'log.lag': lag,
  'log.deadLetter': deadLetter,
};
