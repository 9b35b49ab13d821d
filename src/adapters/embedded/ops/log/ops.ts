import type { DeadLetter } from '../../../../ports/order-log.ts';
import { textOfBytes } from '../../../stored-text.ts';
import type { Db } from '../../database.ts';
import { reading, writing } from '../op.ts';

/** A stored record with its position. */
export interface StoredRecord {
  readonly position: number;
  readonly payload: string;
}

/** Rowids of SQLite begin at 1. */
export const FIRST_POSITION = 1;

/** Appends a record, as JSON text; returns its position. */
export function appendText(db: Db, payload: string): number {
  const row = db.get<{ position: number }>('INSERT INTO log (payload) VALUES (?) RETURNING position', payload);
  if (row === undefined) throw new Error('the appended record has no position');
  return row.position;
}

/** Appends records, each as the JSON text of an object; returns the position of the first: the others follow without a gap. */
export function appendTexts(db: Db, payloads: readonly string[]): number {
  // An array of the objects themselves: of texts it would have to escape all of their quotes.
  db.run('INSERT INTO log (payload) SELECT value FROM json_each(?)', `[${payloads.join(',')}]`);
  return (
    (db.get<{ last: number }>('SELECT last_insert_rowid() AS last') as { last: number }).last - payloads.length + 1
  );
}

const append = writing((db, payload: string): number => appendText(db, payload));

/** Up to `max` records from position `from` (included) on, in order. */
const read = reading((db, { from, max }: { readonly from: number; readonly max: number }): readonly StoredRecord[] =>
  db.all<PayloadRow>(READ, from, max).map(storedRecord),
);

// As bytes: the driver ends the process when it reads text that is not UTF-8, and cuts it at a NUL.
const READ = 'SELECT position, CAST(payload AS BLOB) AS payload FROM log WHERE position >= ? ORDER BY position LIMIT ?';

interface PayloadRow {
  readonly position: number;
  readonly payload: ArrayBuffer;
}

function storedRecord({ position, payload }: PayloadRow): StoredRecord {
  return { position, payload: textOfBytes(Buffer.from(payload)) };
}

/** The positions that the log holds: `first` (0 as long as none was deleted) included, `next` excluded. */
const range = reading((db, _args: null): { readonly first: number; readonly next: number } => {
  const { first, next } = rangeOf(db);
  return { first: first === FIRST_POSITION ? 0 : first, next };
});

/** As `range`, with the first position as it is stored; both 0 for an empty log. */
function rangeOf(db: Db): { readonly first: number; readonly next: number } {
  const ends = db.get<{ first: number | null; last: number | null }>(
    'SELECT (SELECT min(position) FROM log) AS first, (SELECT max(position) FROM log) AS last',
  );
  return ends?.first == null || ends.last === null ? { first: 0, next: 0 } : { first: ends.first, next: ends.last + 1 };
}

/** The next position of a group; undefined for one that has never acknowledged anything. */
const position = reading((db, group: string): number | undefined => positionOf(db, group));

function positionOf(db: Db, group: string): number | undefined {
  return db.get<{ next: number }>('SELECT next FROM log_group WHERE name = ?', group)?.next;
}

const ack = writing((db, { group, next }: { readonly group: string; readonly next: number }): null => {
  db.run(
    `INSERT INTO log_group (name, next) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET next = excluded.next`,
    group,
    next,
  );
  return null;
});

/** Positions have no gaps, so the number of records follows from the ends of the log. */
const lag = reading((db, group: string): number => {
  const { first, next } = rangeOf(db);
  return Math.max(0, next - Math.max(positionOf(db, group) ?? 0, first));
});

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

interface LetterRow extends Omit<DeadLetter, 'group' | 'offset' | 'raw'> {
  readonly reader: string;
  readonly position: number;
  readonly raw: ArrayBuffer;
}

const deadLetters = reading((db, _args: null): readonly DeadLetter[] =>
  db
    .all<LetterRow>(
      `SELECT reader, partition, position, reason, attempts, CAST(raw AS BLOB) AS raw FROM dead_letter
       WHERE replayed = 0 ORDER BY position, reader`,
    )
    .map(({ reader, partition, position, reason, attempts, raw }) => ({
      group: reader,
      partition,
      offset: position,
      reason,
      attempts,
      raw: textOfBytes(Buffer.from(raw)),
    })),
);

const replayed = writing(
  (db, { group, partition, offset }: Pick<DeadLetter, 'group' | 'partition' | 'offset'>): null => {
    db.run(
      'UPDATE dead_letter SET replayed = 1 WHERE reader = ? AND partition = ? AND position = ?',
      group,
      partition,
      offset,
    );
    return null;
  },
);

export const LOG_OPS = {
  'log.append': append,
  'log.read': read,
  'log.range': range,
  'log.position': position,
  'log.ack': ack,
  'log.lag': lag,
  'log.deadLetter': deadLetter,
  'log.deadLetters': deadLetters,
  'log.replayed': replayed,
};
