import { expect } from 'vitest';
import { SCHEMA_STEPS } from '../../../migrations/index.ts';
import type { SchemaStep, UnlessColumn } from '../../../migrations/schema-step.ts';
import { connectSql, type SqlDatabase, type SqlOptions } from '../../../src/adapters/sql/connect.ts';
import { createSqlOrderAuditSource } from '../../../src/adapters/sql/order-audit-source.ts';
import { createOrderMoneyReads } from '../../../src/adapters/sql/order-money-reads.ts';
import { createOrderReads } from '../../../src/adapters/sql/order-reads.ts';
import { createOrderSearch } from '../../../src/adapters/sql/order-search.ts';
import { createOrderTransitionReads } from '../../../src/adapters/sql/order-transition-reads.ts';
import { nextOrderId, nextSaleId } from '../../support/orders.ts';

/** The step that makes orders of several tickets possible. */
const STEP = SCHEMA_STEPS.findIndex(({ name }) => name === 'Migration20251201000200');

const STATEMENTS = (SCHEMA_STEPS[STEP] as SchemaStep).statements;

/** The numbers of statements after which the step may be cut off in MySQL. */
export const CUTS: readonly number[] = STATEMENTS.mysql.map((_, n) => n + 1);

interface OldOrders {
  readonly live: string;
  readonly paid: string;
  readonly ended: string;
  /** Rejected, because `live` holds its ticket. */
  readonly lost: string;
}

const saleId = nextSaleId();

/** A database as it was before the step, with orders of tickets 1 to 3. */
export async function storedBefore(options: SqlOptions): Promise<OldOrders & { readonly database: SqlDatabase }> {
  const database = await connectSql(options);
  for (const { statements } of SCHEMA_STEPS.slice(0, STEP)) {
    for (const statement of statements[options.dialect]) await database.run(sqlOf(statement));
  }
  const [live, paid, ended, lost] = [nextOrderId(), nextOrderId(), nextOrderId(), nextOrderId()];
  const insert = (id: string, ticket: number, state: string, reason: string | null) =>
    database.run(
      'INSERT INTO orders (id, sale_id, product_id, user_id, ticket, price_amount, price_currency, state, reserved_at, ' +
        `pay_by, ended_at, reason) VALUES (?, ?, 'p', 'ann', ?, 7, 'EUR', ?, 1, 2, NULL, ${reason ?? 'NULL'})`,
      ...[id, saleId, ticket, state],
    );
  await insert(live, 1, 'reserved', null);
  await insert(paid, 2, 'paid', null);
  await insert(ended, 3, 'expired', null);
  await insert(lost, 1, 'rejected', "'ticket'");
  for (const id of [ended, lost]) {
    await database.run('INSERT INTO ticket_returns (order_id, sale_id) VALUES (?, ?)', id, saleId);
  }
  return { database, live, paid, ended, lost };
}

/** Runs the first statements of the step, as a process that was cut off did. */
export async function runPart(database: SqlDatabase, count: number): Promise<void> {
  for (const statement of STATEMENTS.mysql.slice(0, count)) await database.run(sqlOf(statement));
}

function sqlOf(statement: string | UnlessColumn): string {
  return typeof statement === 'string' ? statement : statement.sql;
}

/** Whether the database has these orders as the stores expect it. */
export async function expectRows(database: SqlDatabase, { live, paid, ended, lost }: OldOrders): Promise<void> {
  const held = await createSqlOrderAuditSource(database).liveOrders(saleId, 0, 10);
  expect(held.map(({ ticket, orderId }) => [ticket, orderId])).toEqual([
    [1, live],
    [2, paid],
  ]);
  const { search } = createOrderSearch(database);
  const found = [1, 2, 3].map(async (ticket) => {
    const orders = await search({ saleId, ticket, order: 'oldest', limit: 10 });
    return orders.map(({ id, tickets }) => [id, ...tickets]);
  });
  expect(await Promise.all(found)).toEqual([
    [
      [live, 1],
      [lost, 1],
    ],
    [[paid, 2]],
    [[ended, 3]],
  ]);
  expect(await createOrderTransitionReads(database).owedTickets(10)).toEqual([
    { saleId, orderId: ended, quantity: 1, heldByOthers: [] },
    { saleId, orderId: lost, quantity: 1, heldByOthers: [1] },
  ]);
  expect((await createOrderMoneyReads(database).money(saleId)).revenue).toBe(7);
  expect(await createOrderReads(database).counts(saleId)).toMatchObject({ tickets: 2 });
}
