import type { RejectionReason } from '../../../../ports/order-store.ts';
import type { Db } from '../../database.ts';
import { type OrderRows, type OrderRowValues, ROWS, type RowForm } from '../../order-rows.ts';

/** Orders of one sale at one price. */
export interface OrderRun {
  readonly saleId: string;
  readonly productId: string;
  readonly amount: number;
  readonly currency: string;
  readonly count: number;
  /** How many tickets they have together. */
  readonly tickets: number;
  readonly rows: OrderRows;
}

/** Of a run, or of all runs of a call. */
export interface StoredRun {
  readonly stored: number;
  readonly rejected: readonly (readonly [id: string, reason: RejectionReason])[];
}

/** The text of the rows is the last parameter of each. */
interface Statements {
  readonly insert: string;
  readonly insertTickets: string;
  readonly all: string;
  readonly missing: string;
  readonly known: string;
}

const STATEMENTS: Readonly<Record<RowForm, Statements>> = {
  fields: statementsOf(ROWS.fields, false),
  packed: statementsOf(ROWS.packed, false),
  several: statementsOf(ROWS.several, true),
};

/** Inserts skip rows that violate a unique key; other constraints still fail. */
function statementsOf(rows: string, several: boolean): Statements {
  const columns = `id, user_id, idem_key, ticket, reserved_at, pay_by${several ? ', more_tickets, quantity' : ''}`;
  const tickets = several
    ? `t.value, r.id FROM (${rows}) AS r, json_each('[' || r.ticket || coalesce(',' || r.more_tickets, '') || ']') AS t`
    : `ticket, id FROM (${rows})`;
  return {
    insert: `
INSERT INTO orders (sale_id, product_id, price_amount, price_currency, state, ${columns})
SELECT ?, ?, ?, ?, 'reserved', ${columns} FROM (${rows}) WHERE true
ON CONFLICT DO NOTHING`,
    insertTickets: `
INSERT INTO order_tickets (sale_id, ended, ticket, order_id) SELECT ?, '', ${tickets} WHERE true
ON CONFLICT DO NOTHING`,
    all: rows,
    missing: `SELECT * FROM (${rows}) AS r WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = r.id)`,
    known: `SELECT id, reason FROM orders WHERE id IN (SELECT id FROM (${rows}))`,
  };
}

const INSERT_REJECTED = `
INSERT INTO orders (sale_id, product_id, price_amount, price_currency, id, user_id, ticket, more_tickets, quantity,
  reserved_at, pay_by, state, ended_at, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'rejected', ?, ?)
ON CONFLICT DO NOTHING`;

const INSERT_ENDED_TICKETS = `
INSERT INTO order_tickets (sale_id, order_id, ended, ticket) SELECT ?, ?, ?, value FROM json_each(?)`;

/** Inserts orders; returns whether all of them and of their tickets were. If not, some may have been. */
export function insertOrders(db: Db, run: OrderRun): boolean {
  const { saleId, productId, amount, currency, count, tickets, rows } = run;
  const { insert, insertTickets } = STATEMENTS[rows.form];
  return (
    db.run(insert, saleId, productId, amount, currency, rows.text) === count &&
    db.run(insertTickets, saleId, rows.text) === tickets
  );
}

export function rowsIn(db: Db, { form, text }: OrderRows): readonly OrderRowValues[] {
  return db.all(STATEMENTS[form].all, text);
}

/** The rows whose orders are not stored. */
export function missingIn(db: Db, { form, text }: OrderRows): readonly OrderRowValues[] {
  return db.all(STATEMENTS[form].missing, text);
}

/** The orders that are stored, and why they were rejected, if they were. */
export function knownIn(
  db: Db,
  { form, text }: OrderRows,
): readonly { readonly id: string; readonly reason: RejectionReason | null }[] {
  return db.all(STATEMENTS[form].known, text);
}

/** Returns whether it was inserted: its id may be stored. */
export function insertRejected(
  db: Db,
  { saleId, productId, amount, currency }: OrderRun,
  row: OrderRowValues,
  reason: RejectionReason,
  endedAt: number,
): boolean {
  const { id, user_id, ticket, more_tickets, quantity, reserved_at, pay_by } = row;
  const run = [saleId, productId, amount, currency];
  const values = [id, user_id, ticket, more_tickets, quantity, reserved_at, pay_by];
  if (db.run(INSERT_REJECTED, ...run, ...values, endedAt, reason) === 0) return false;
  db.run(INSERT_ENDED_TICKETS, saleId, id, id, `[${ticket}${more_tickets === null ? '' : `,${more_tickets}`}]`);
  return true;
}
