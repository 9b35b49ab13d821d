import type { RejectionReason } from '../../../../ports/order-store.ts';
import type { Db } from '../../database.ts';
import { writing } from '../op.ts';

/** Orders of one sale at one price, without rivals among them. */
export interface OrderRun {
  readonly saleId: string;
  readonly productId: string;
  readonly amount: number;
  readonly currency: string;
  readonly count: number;
  /** JSON: an array of `[id, userId, key or null, ticket, reservedAt, payBy]`. One text crosses a thread and a call fastest. */
  readonly rows: string;
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

/** Leaves out what breaks a unique key; other checks still fail. */
const INSERT = `
INSERT INTO orders (sale_id, product_id, price_amount, price_currency, state,
  id, user_id, idem_key, ticket, reserved_at, pay_by)
SELECT ?, ?, ?, ?, 'reserved', value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
FROM json_each(?) WHERE true
ON CONFLICT DO NOTHING`;

const MISSING = `
SELECT value ->> 0 AS id, value ->> 1 AS userId, value ->> 3 AS ticket, value ->> 4 AS reservedAt, value ->> 5 AS payBy
FROM json_each(?)
WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = value ->> 0)`;

const DELETE_REFUSED = `
DELETE FROM orders WHERE id IN (SELECT value ->> 0 FROM json_each(?)) AND reason = 'fence'`;

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
    let inserted = db.run(INSERT, saleId, productId, amount, currency, rows);
    // Refused before and accepted now.
    if (inserted < run.count && db.run(DELETE_REFUSED, rows) > 0) {
      inserted += db.run(INSERT, saleId, productId, amount, currency, rows);
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
  for (const { id, userId, ticket, reservedAt, payBy } of db.all<MissingRow>(MISSING, run.rows)) {
    const reason = db.get(HOLDER, saleId, ticket) === undefined ? 'key' : 'ticket';
    const values = [id, saleId, productId, userId, ticket, amount, currency, reservedAt, payBy, now, reason];
    if (db.run(INSERT_REJECTED, ...values) === 0) continue;
    rejected.push([id, reason]);
    db.run('INSERT INTO ticket_returns (order_id, sale_id) VALUES (?, ?)', id, saleId);
  }
  return rejected;
}

function refuse(db: Db, { saleId, productId, amount, currency, rows }: OrderRun, now: number): StoreReply['rejected'] {
  const missing = db.all<MissingRow>(MISSING, rows).filter(({ id, userId, ticket, reservedAt, payBy }) => {
    const values = [id, saleId, productId, userId, ticket, amount, currency, reservedAt, payBy, now, 'fence'];
    return db.run(INSERT_REJECTED, ...values) > 0;
  });
  return missing.map(({ id }) => [id, 'fence']);
}
