import { serialiseOrder } from '../../../src/api/orders/json.ts';
import type { Order } from '../../../src/domain/order.ts';
import { isReturned } from '../../support/order-lifecycle.ts';
import type { History } from '../actors/history.ts';
import type { Report } from './report.ts';

/** Reconciles the answers that buyers received with the stored orders. */
export function checkFromOutside(history: History, stored: ReadonlyMap<string, Order>, report: Report): void {
  checkPurchases(history, stored, report);
  checkKeys(history, report);
  checkActions(history, stored, report);
  for (const what of history.unanswered) report(`${what} was never answered`);
}

/** Promise 3: an order that a buyer was answered with is stored, and is the same order. */
function checkPurchases(history: History, stored: ReadonlyMap<string, Order>, report: Report): void {
  for (const { order, body, userId, quantity } of history.bought()) {
    if (order.tickets.length !== quantity || order.total.amount !== quantity * order.price.amount) {
      report(`promise 7: ${userId} asked for ${quantity} tickets and was answered with ${body}`);
    }
    const row = stored.get(order.id);
    if (row === undefined) {
      report(`promise 3: ${userId} was answered with the order ${order.id}, which is not stored`);
    } else if (row.state === 'rejected') {
      report(`promise 3: ${userId} was answered with the order ${order.id}, which was rejected`);
    } else if (serialiseOrder(asReserved(row)) !== body) {
      report(`promise 3: the stored order ${order.id} differs from the answer to ${userId}`);
    }
  }
}

/** Promises 4 and 6: a key always stands for one order, in identical bytes. */
function checkKeys(history: History, report: Report): void {
  const first = new Map<string, { readonly body: string; readonly at: number; readonly quantity: number }>();
  for (const answer of history.purchases) {
    if (answer.key === undefined || answer.status !== 201) continue;
    const key = `${answer.saleId} ${answer.userId} ${answer.key}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, answer);
    else if (known.body !== answer.body) report(`promise 4: the key ${key} got ${known.body} and ${answer.body}`);
  }
  for (const answer of history.purchases) {
    const known = first.get(`${answer.saleId} ${answer.userId} ${answer.key}`);
    if (answer.status === 201 || answer.status === 503 || known === undefined || answer.sentAt < known.at) continue;
    if (answer.quantity !== known.quantity && answer.status === 422) continue;
    // Documented: nothing is repeated of an archived sale, whose orders remain.
    if (answer.status === 409 && answer.body.includes('"code":"archived"')) continue;
    report(`promise 4: ${answer.userId} bought with the key ${answer.key}, then got ${answer.status} ${answer.body}`);
  }
}

/** An order is found as soon as its buyer knows it, and ends as its buyer was answered. */
function checkActions(history: History, stored: ReadonlyMap<string, Order>, report: Report): void {
  for (const { orderId, action, status } of history.orders) {
    if (status === 404) report(`the order ${orderId} was not found when its buyer tried to ${action}`);
    if (status !== 200 || action === 'look') continue;
    const due = action === 'pay' ? 'paid' : 'cancelled';
    const order = stored.get(orderId);
    const state = order?.state;
    if (state !== due && !(due === 'paid' && isReturned(order)))
      report(`promise 5: the buyer of ${orderId} was answered that it is ${due}, but it is ${state}`);
  }
}

function asReserved({ id, saleId, productId, userId, tickets, price, reservedAt, payBy }: Order): Order {
  return { id, saleId, productId, userId, tickets, price, reservedAt, payBy, state: 'reserved' };
}
