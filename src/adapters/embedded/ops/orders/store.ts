import type { Db } from '../../database.ts';
import { writing } from '../op.ts';
import { insertOrders, insertRejected, missingIn, type OrderRun, type StoredRun } from './order-statements.ts';
import { storeConflicting } from './store-conflicting.ts';

export interface StoreArgs {
  readonly group: string;
  readonly positions: readonly (readonly [partition: number, next: number])[];
  readonly runs: readonly OrderRun[];
  /** Orders behind the fence that ended their epoch. */
  readonly fenced: readonly OrderRun[];
  readonly fences: readonly (readonly [partition: number, saleId: string, epoch: number, offset: number])[];
  /** When a rejected order ended, milliseconds since 1970. */
  readonly now: number;
}

const ADVANCE = `
INSERT INTO log_positions (consumer_group, log_partition, next_offset) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)`;

/** The first fence of an epoch counts. */
const FENCE = `
INSERT INTO log_fences (consumer_group, log_partition, sale_id, epoch, log_offset) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`;

export const store = writing((db, { group, positions, runs, fenced, fences, now }: StoreArgs): StoredRun => {
  let stored = 0;
  const rejected: StoredRun['rejected'][number][] = [];
  for (const run of runs) {
    const some = storeRun(db, run, now);
    stored += some.stored;
    rejected.push(...some.rejected);
  }
  // After the others: a fenced order that is accepted in the same batch is stored by now.
  for (const run of fenced) rejected.push(...rejectFenced(db, run, now));
  for (const fence of fences) db.run(FENCE, group, ...fence);
  for (const [partition, next] of positions) db.run(ADVANCE, group, partition, next);
  return { stored, rejected };
});

/** Nearly all runs are stored by two inserts, without any read. */
function storeRun(db: Db, run: OrderRun, now: number): StoredRun {
  db.run('SAVEPOINT run');
  const isNew = insertOrders(db, run);
  if (!isNew) db.run('ROLLBACK TO run');
  db.run('RELEASE run');
  return isNew ? { stored: run.count, rejected: [] } : storeConflicting(db, run, now);
}

function rejectFenced(db: Db, run: OrderRun, now: number): StoredRun['rejected'] {
  const rejected = missingIn(db, run.rows).filter((row) => insertRejected(db, run, row, 'fence', now));
  return rejected.map(({ id }) => [id, 'fence']);
}
