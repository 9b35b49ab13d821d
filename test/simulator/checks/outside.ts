import { serialiseOrder } from '../../../src/api/orders/json.ts';
import type { Order } from '../../../src/domain/order.ts';
import type { History } from '../actors/history.ts';
import type { Report } from './report.ts';

/** What buyers were told, against what is stored in the end. */
export function checkFromOutside(history: History, stored: ReadonlyMap<string, Order>, report: Report): void {
  checkPurchases(history, stored, report);
  checkKeys(history, report);
  checkWishes(history, stored, report);
  for (const what of history.unanswered) report(`nobody ever answered ${what}`);
}

/** Promise 3: what a buyer was told of is there, and is what they were told. */
function checkPurchases(history: History, stored: ReadonlyMap<string, Order>, report: Report): void {
  for (const { order, body, userId } of history.bought()) {
    const row = stored.get(order.id);
    if (row === undefined) {
      report(`promise 3: ${userId} was told of the order ${order.id}, and it is not stored`);
    } else if (row.state === 'rejected') {
      report(`promise 3: ${userId} was told of the order ${order.id}, and it was rejected`);
    } else if (serialiseOrder(asReserved(row)) !== body) {
      report(`promise 3: the order ${order.id} is stored as another one than ${userId} was told`);
    }
  }
}

/** Promises 4 and 6: a key stands for one order, in the same bytes, for ever. */
function checkKeys(history: History, report: Report): void {
  const first = new Map<string, { readonly body: string; readonly at: number }>();
  for (const told of history.purchases) {
    if (told.key === undefined || told.status !== 201) continue;
    const key = `${told.saleId} ${told.userId} ${told.key}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, told);
    else if (known.body !== told.body) report(`promise 4: the key ${key} got ${known.body} and ${told.body}`);
  }
  for (const told of history.purchases) {
    const known = first.get(`${told.saleId} ${told.userId} ${told.key}`);
    if (told.status === 201 || told.status === 503 || known === undefined || told.sentAt < known.at) continue;
    report(`promise 4: ${told.userId} bought with the key ${told.key} and then was told ${told.status} ${told.body}`);
  }
}

/** An order is there as soon as its buyer knows of it, and ends as its buyer was told. */
function checkWishes(history: History, stored: ReadonlyMap<string, Order>, report: Report): void {
  for (const { orderId, wish, status } of history.orders) {
    if (status === 404) report(`the order ${orderId} was not found when its buyer asked to ${wish}`);
    if (status !== 200 || wish === 'look') continue;
    const due = wish === 'pay' ? 'paid' : 'cancelled';
    const state = stored.get(orderId)?.state;
    if (state !== due) report(`promise 5: the buyer of ${orderId} was told that it is ${due}, and it is ${state}`);
  }
}

function asReserved({ paidAt: _paid, endedAt: _ended, ...order }: Order): Order {
  return { ...order, state: 'reserved' };
}
