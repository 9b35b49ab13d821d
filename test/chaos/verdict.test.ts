import { describe, expect, test } from 'vitest';
import type { Order } from '../../src/domain/order.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { SaleMoney } from '../../src/ports/order-payments.ts';
import type { Answer } from '../support/http-client.ts';
import { newOrder } from '../support/orders.ts';
import type { QueueAudit } from '../support/queue-audit.ts';
import { Notebook } from './notebook.ts';
import { judge } from './verdict.ts';

const sale = { id: 'sale', total: 10, perBuyerLimit: 2 } as Sale;

const order = (parts: Partial<Order> & { readonly id: string; readonly tickets: readonly number[] }): Order =>
  newOrder({ saleId: sale.id, userId: 'ann', ...parts }).order;

/** Ann has a paid order and a cancelled one; Bob has bought the returned ticket. */
function soundRun() {
  const paid = order({ id: 'a1', tickets: [1], state: 'paid', reservedAt: 100, paidAt: 150 });
  const cancelled = order({ id: 'a2', tickets: [2], state: 'cancelled', reservedAt: 110, endedAt: 200 });
  const next = order({ id: 'b1', tickets: [2], state: 'paid', reservedAt: 200, paidAt: 250, userId: 'bob' });
  const notebook = new Notebook();
  for (const [key, { id, tickets, userId, state }] of [paid, cancelled, next].entries()) {
    const click = notebook.click(sale.id, userId, String(key));
    notebook.bought(click, JSON.stringify({ id, tickets }));
    click.end = state as 'paid' | 'cancelled';
  }
  const audit: QueueAudit = { epoch: 1, held: 2, heldByBuyers: 2, remaining: 8, pending: 0, doubled: [] };
  const money: SaleMoney = { revenue: 25_998, captured: 25_998, givenBack: 0, refunded: 0, mismatched: 0 };
  return { orders: [paid, cancelled, next], notebook, audit, money };
}

type Run = ReturnType<typeof soundRun>;

const broken = ({ orders, notebook, audit, money }: Run) =>
  judge([{ sale, orders, audit, money }], notebook).flatMap((check) =>
    check.broken.length > 0 ? [check.promise] : [],
  );

const LOST = 'every 201 is a stored order';
const TWICE = 'no ticket sold twice, at any moment';
const LIMIT = 'no buyer over the limit, at any moment';
const BALANCE = 'held + free = total, in the queue and the store';
const ENDS = 'an order has the end state that its buyer was told';
const KEYS = 'one order a key';
const ANSWERS = 'repeated answers are identical';
const WHOLE = 'an order has all the tickets that were asked for';
const MONEY = 'money in = money kept + money given back';
const REFUNDS = 'each refund is made once';
const PAUSE = 'nothing is sold in a pause';

describe('the verdict on a run', () => {
  test('finds nothing wrong in a correct run', () => {
    expect(broken(soundRun())).toEqual([]);
  });

  const change = (id: string, parts: Partial<Order>) => (run: Run) => ({
    ...run,
    orders: run.orders.map((one) => (one.id === id ? { ...one, ...parts } : one)),
  });
  const add = (parts: Partial<Order> & { readonly id: string; readonly tickets: readonly number[] }) => (run: Run) => ({
    ...run,
    orders: [...run.orders, order(parts)],
  });
  const audited = (parts: Partial<QueueAudit>) => (run: Run) => ({ ...run, audit: { ...run.audit, ...parts } });

  test.each<[string, (run: Run) => Run, string[]]>([
    ['an order is missing', (run) => ({ ...run, orders: run.orders.slice(1) }), [LOST, BALANCE, ENDS, MONEY]],
    ['an order has another ticket', change('a1', { tickets: [5] }), [LOST]],
    ['an order belongs to another buyer', change('a1', { userId: 'eve' }), [LOST, KEYS]],
    ['an order that was answered is rejected', change('a1', { state: 'rejected' }), [LOST, BALANCE, ENDS]],
    ['a ticket was sold before it was returned', change('b1', { reservedAt: 199 }), [TWICE]],
    [
      'a ticket does not exist',
      add({ id: 'c1', tickets: [11], state: 'expired', endedAt: 9, userId: 'cid' }),
      [TWICE, KEYS],
    ],
    ['the queue has a ticket twice', audited({ doubled: [7] }), [TWICE]],
    [
      'a buyer had three at once',
      add({ id: 'a3', tickets: [3], state: 'expired', reservedAt: 150, endedAt: 180 }),
      [KEYS, LIMIT],
    ],
    [
      'a buyer had three at once, two of them in one order',
      add({ id: 'a3', tickets: [3, 4], state: 'expired', reservedAt: 150, endedAt: 180 }),
      [KEYS, LIMIT],
    ],
    [
      'the second ticket of an order was sold twice',
      change('a1', { tickets: [1, 2], reservedAt: 199, paidAt: 210 }),
      [TWICE, LOST, LIMIT, BALANCE, MONEY],
    ],
    ['an order that was answered as cancelled has expired', change('a2', { state: 'expired' }), [ENDS]],
    ['the queue has lost a ticket', audited({ remaining: 7 }), [BALANCE]],
    ['the queue holds a ticket without an order', audited({ held: 3, remaining: 7 }), [BALANCE]],
    ['a buyer’s count is wrong', audited({ heldByBuyers: 1 }), [BALANCE]],
  ])('reports when %s', (_, damage, expected) => {
    expect(broken(damage(soundRun()))).toEqual(expect.arrayContaining(expected));
    expect(broken(damage(soundRun()))).toHaveLength(expected.length);
  });

  const told = (run: Run, status: number, body: object) => {
    run.notebook.refund('a1', 'k', { status, body: JSON.stringify(body), headers: {} } as Answer);
    return run;
  };
  const refunded = { amount: 12_999, currency: 'USD' };
  const moved = { revenue: 12_999, captured: 25_998, givenBack: 12_999, refunded: 1, mismatched: 0 };

  test('finds nothing wrong with a refund that was answered, made and returned its ticket', () => {
    const run = change('a1', { state: 'cancelled', endedAt: 300, refunded })(
      told(soundRun(), 202, { amount: refunded }),
    );
    told(told(run, 202, { amount: refunded }), 202, { amount: refunded });
    expect(broken({ ...run, money: moved, audit: { ...run.audit, held: 1, heldByBuyers: 1, remaining: 9 } })).toEqual(
      [],
    );
  });

  test('reports refunds and money that do not add up', () => {
    expect(broken(told(soundRun(), 202, { amount: refunded }))).toEqual([REFUNDS]);
    expect(broken({ ...change('a1', { refunded })(soundRun()), money: moved })).toEqual([REFUNDS]);
    expect(broken({ ...soundRun(), money: moved })).toEqual([MONEY]);
    expect(broken(told(told(soundRun(), 409, {}), 500, {}))).toEqual([ANSWERS]);
  });

  test('reports when two clicks were answered with one order', () => {
    const run = soundRun();
    run.notebook.bought(run.notebook.click(sale.id, 'ann', 'again'), JSON.stringify({ id: 'a1', tickets: [1] }));
    expect(broken(run)).toEqual([KEYS]);
  });

  test('reports an order with fewer tickets than were asked for', () => {
    const run = soundRun();
    Object.assign(run.notebook.clicks[0] ?? {}, { quantity: 2 });
    expect(broken(run)).toEqual([WHOLE]);
  });

  test('reports what was sold in a pause of its sale', () => {
    const run = soundRun();
    run.notebook.pauses.push({ saleId: sale.id, from: 111, to: 199 }, { saleId: 'other', from: 0, to: 999 });
    expect(broken(run)).toEqual([]);
    run.notebook.pauses.push({ saleId: sale.id, from: 199, to: 201 });
    expect(broken(run)).toEqual([PAUSE]);
  });

  test('reports when a repeated click is answered differently', () => {
    const run = soundRun();
    const [click] = run.notebook.clicks;
    if (click !== undefined) run.notebook.bought(click, '{"id":"a1", "tickets":[1]}');
    expect(broken(run)).toEqual([ANSWERS]);
  });

  test('reports when a click is refused after it was answered 201', () => {
    const run = soundRun();
    const [click] = run.notebook.clicks;
    if (click !== undefined) run.notebook.refused(click, 'sold_out');
    expect(broken(run)).toEqual([ANSWERS]);
  });
});
