import type { RejectionReason } from '../../../../ports/order-store.ts';
import type { Db } from '../../database.ts';
import { type OrderRows, ROWS, type RowForm } from '../../order-rows.ts';
import { writing } from '../op.ts';

/** Orders of one sale at one price, no two of which conflict. */
export interface OrderRun {
  readonly saleId: string;
  readonly productId: string;
  readonly amount: number;
  readonly currency: string;
  readonly count: number;
  readonly rows: OrderRows;
}

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

export interface StoreReply {
  readonly stored: number;
  readonly rejected: readonly (readonly [id: string, reason: RejectionReason])[];
}

/** The text of the rows is the last parameter of each. */
interface Statements {
  readonly insert: string;
  readonly missing: string;
  readonly deleteFenced: string;
}

const STATEMENTS: Readonly<Record<RowForm, Statements>> = {
  fields: statementsOf(ROWS.fields),
  packed: statementsOf(ROWS.packed),
};

function statementsOf(rows: string): Statements {
  return {
    // Skips rows that violate a unique key; other constraints still fail.
    insert: `
INSERT INTO orders (sale_id, product_id, price_amount, price_currency, state,
  id, user_id, idem_key, ticket, reserved_at, pay_by)
SELECT ?, ?, ?, ?, 'reserved', id, user_id, idem_key, ticket, reserved_at, pay_by
FROM (${rows}) WHERE true
ON CONFLICT DO NOTHING`,
    missing: `
SELECT r.id, r.user_id AS userId, r.ticket, r.reserved_at AS reservedAt, r.pay_by AS payBy
FROM (${rows}) AS r
WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = r.id)`,
    deleteFenced: `
DELETE FROM orders WHERE id IN (SELECT id FROM (${rows})) AND reason = 'fence'`,
  };
}

const HOLDER = 'SELECT id FROM orders WHERE sale_id = ? AND ticket = ? AND live = 1';

const INSERT_REJECTED = `
INSERT INTO orders (id, sale_id, product_id, user_id, ticket, price_amount, price_currency, state,
  reserved_at, pay_by, ended_at, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, 'rejected', ?, ?, ?, ?)
ON CONFLICT DO NOTHING`;

const ADVANCE = `
INSERT INTO log_positions (consumer_group, log_partition, next_offset) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)`;

/** The first fence of an epoch counts. */
const FENCE = `
INSERT INTO log_fences (consumer_group, log_partition, sale_id, epoch, log_offset) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING`;

interface MissingRow {
  readonly id: string;
  readonly userId: string;
  readonly ticket: number;
  readonly reservedAt: number;
  readonly payBy: number;
}

export const store = writing((db, { group, positions, runs, fenced, fences, now }: StoreArgs): StoreReply => {
  let stored = 0;
  const rejected: StoreReply['rejected'][number][] = [];
  for (const run of runs) {
    const { saleId, productId, amount, currency, rows } = run;
    const { insert, deleteFenced } = STATEMENTS[rows.form];
    let inserted = db.run(insert, saleId, productId, amount, currency, rows.text);
    // Rejected by a fence before, and accepted now.
    if (inserted < run.count && db.run(deleteFenced, rows.text) > 0) {
      inserted += db.run(insert, saleId, productId, amount, currency, rows.text);
    }
    stored += inserted;
    if (inserted < run.count) rejected.push(...rejectConflicting(db, run, now));
  }
  // After the others: a fenced order that is accepted in the same batch is stored by now.
  for (const run of fenced) rejected.push(...rejectFenced(db, run, now));
  for (const fence of fences) db.run(FENCE, group, ...fence);
  for (const [partition, next] of positions) db.run(ADVANCE, group, partition, next);
  return { stored, rejected };
});

/**
 * Of the rows that were not inserted, those whose id exists were stored before; the others conflict with another order.
 * Those are stored as rejected, and the queue has to end their reservations.
 */
function rejectConflicting(db: Db, run: OrderRun, now: number): StoreReply['rejected'] {
  const { saleId, productId, amount, currency } = run;
  const rejected: StoreReply['rejected'][number][] = [];
  for (const { id, userId, ticket, reservedAt, payBy } of missingOf(db, run.rows)) {
    const reason = db.get(HOLDER, saleId, ticket) === undefined ? 'key' : 'ticket';
    const values = [id, saleId, productId, userId, ticket, amount, currency, reservedAt, payBy, now, reason];
    if (db.run(INSERT_REJECTED, ...values) === 0) continue;
    rejected.push([id, reason]);
    db.run('INSERT INTO ticket_returns (order_id, sale_id) VALUES (?, ?)', id, saleId);
  }
  return rejected;
}

function missingOf(db: Db, { form, text }: OrderRows): readonly MissingRow[] {
  return db.all(STATEMENTS[form].missing, text);
}

function rejectFenced(
  db: Db,
  { saleId, productId, amount, currency, rows }: OrderRun,
  now: number,
): StoreReply['rejected'] {
  const missing = missingOf(db, rows).filter(({ id, userId, ticket, reservedAt, payBy }) => {
    const values = [id, saleId, productId, userId, ticket, amount, currency, reservedAt, payBy, now, 'fence'];
    return db.run(INSERT_REJECTED, ...values) > 0;
  });
  return missing.map(({ id }) => [id, 'fence']);
}
