import type { RejectionReason } from '../../../../ports/order-store.ts';
import type { Db } from '../../database.ts';
import { type OrderRows, ROWS, type RowForm } from '../../order-rows.ts';
import { writing } from '../op.ts';

/** Orders of one sale at one price, without rivals among them. */
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
  /** Orders of an epoch that a fence before them ended. */
  readonly refused: readonly OrderRun[];
  readonly fences: readonly (readonly [partition: number, saleId: string, epoch: number, offset: number])[];
  /** Milliseconds since 1970: when a rejected order ended. */
  readonly now: number;
}

export interface StoreReply {
  readonly stored: number;
  readonly rejected: readonly (readonly [id: string, reason: RejectionReason])[];
}

/** Each is given the text of the rows last. */
interface Statements {
  readonly insert: string;
  readonly missing: string;
  readonly deleteRefused: string;
}

const STATEMENTS: Readonly<Record<RowForm, Statements>> = {
  fields: statementsOf(ROWS.fields),
  packed: statementsOf(ROWS.packed),
};

function statementsOf(rows: string): Statements {
  return {
    // Leaves out what breaks a unique key; other checks still fail.
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
    deleteRefused: `
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

export const store = writing((db, { group, positions, runs, refused, fences, now }: StoreArgs): StoreReply => {
  let stored = 0;
  const rejected: StoreReply['rejected'][number][] = [];
  for (const run of runs) {
    const { saleId, productId, amount, currency, rows } = run;
    const { insert, deleteRefused } = STATEMENTS[rows.form];
    let inserted = db.run(insert, saleId, productId, amount, currency, rows.text);
    // Refused before and accepted now.
    if (inserted < run.count && db.run(deleteRefused, rows.text) > 0) {
      inserted += db.run(insert, saleId, productId, amount, currency, rows.text);
    }
    stored += inserted;
    if (inserted < run.count) rejected.push(...rejectLosers(db, run, now));
  }
  // Behind the others: a refused order that was accepted elsewhere is there by now.
  for (const run of refused) rejected.push(...refuse(db, run, now));
  for (const fence of fences) db.run(FENCE, group, ...fence);
  for (const [partition, next] of positions) db.run(ADVANCE, group, partition, next);
  return { stored, rejected };
});

/**
 * Of the rows that did not go in, those whose id is there were stored before; the others lost to a rival. Either
 * way the queue has to hear of it.
 */
function rejectLosers(db: Db, run: OrderRun, now: number): StoreReply['rejected'] {
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

function refuse(db: Db, { saleId, productId, amount, currency, rows }: OrderRun, now: number): StoreReply['rejected'] {
  const missing = missingOf(db, rows).filter(({ id, userId, ticket, reservedAt, payBy }) => {
    const values = [id, saleId, productId, userId, ticket, amount, currency, reservedAt, payBy, now, 'fence'];
    return db.run(INSERT_REJECTED, ...values) > 0;
  });
  return missing.map(({ id }) => [id, 'fence']);
}
