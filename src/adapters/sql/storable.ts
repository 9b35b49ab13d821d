import { Fault } from '../../domain/errors.ts';
import { ORDER_ID_LENGTH } from '../../domain/ids.ts';
import { isAscending, MAX_QUANTITY } from '../../domain/order.ts';
import type { Capture, RefundRequest } from '../../ports/order-payments.ts';
import type { LogFence, NewOrder } from '../../ports/order-store.ts';
import { isStorableText } from '../stored-text.ts';

/** UTF-16 units. The columns of migration 20251121000100 have three bytes for each, the most that UTF-8 needs. */
export const MAX_USER_ID = 128;
export const MAX_KEY = 260;
/** Ids of sales and products. */
export const MAX_NAME = 64;

/** Ids of a provider's messages and payments, in UTF-16 units; the length of the columns of migration 20251121000200. */
export const MAX_PAYMENT_NAME = 255;

/** UTF-16 units: 250 characters of two each. */
const MAX_REASON = 500;

/** INT in MySQL, for tickets and epochs. */
const MAX_INT = 2 ** 31 - 1;

/**
 * Rejects values that a column cannot hold before a statement is built from them, so that an invalid order is not taken for
 * a failing database, and both dialects behave alike. Errors: Fault `corrupt`.
 */
export function assertStorable({ order, key }: NewOrder): void {
  const { id, price } = order;
  const wrong =
    (id.length !== ORDER_ID_LENGTH && 'id') ||
    (isBadText(order.saleId, MAX_NAME) && 'sale id') ||
    (isBadText(order.productId, MAX_NAME) && 'product id') ||
    (isBadText(order.userId, MAX_USER_ID) && 'user id') ||
    (isBadText(key, MAX_KEY) && 'key') ||
    (price.currency.length !== 3 && 'currency') ||
    (!isWhole(price.amount, Number.MAX_SAFE_INTEGER) && 'price') ||
    (!areTickets(order.tickets) && 'tickets') ||
    (!isWhole(order.reservedAt, Number.MAX_SAFE_INTEGER) && 'reservation time') ||
    (!isWhole(order.payBy, Number.MAX_SAFE_INTEGER) && 'payment deadline') ||
    (order.state !== 'reserved' && 'state');
  if (wrong !== false) throw new Fault('corrupt', `order ${JSON.stringify(id)} cannot be stored: bad ${wrong}`);
}

/** The same for a fence. Errors: Fault `corrupt`. */
export function assertStorableFence({ saleId, epoch, offset }: LogFence): void {
  const wrong =
    (isBadText(saleId, MAX_NAME) && 'sale id') ||
    (!isWhole(epoch, MAX_INT) && 'epoch') ||
    (!isWhole(offset, Number.MAX_SAFE_INTEGER) && 'offset');
  if (wrong !== false) throw new Fault('corrupt', `a fence cannot be stored: bad ${wrong}`);
}

/** The same for a capture. Errors: Fault `corrupt`. */
export function assertStorableCapture({ eventId, paymentId, amount }: Capture): void {
  const wrong =
    (isBadText(eventId, MAX_PAYMENT_NAME) && 'event id') ||
    (isBadText(paymentId, MAX_PAYMENT_NAME) && 'payment id') ||
    (amount.currency.length !== 3 && 'currency') ||
    (!isWhole(amount.amount, Number.MAX_SAFE_INTEGER) && 'amount');
  if (wrong !== false) throw new Fault('corrupt', `a capture cannot be stored: bad ${wrong}`);
}

/** The same for a refund. Errors: Fault `corrupt`. */
export function assertStorableRefund({ id, reason, by, amount }: RefundRequest): void {
  const wrong =
    (isBadText(id, MAX_NAME) && 'id') ||
    (isBadText(reason, MAX_REASON) && 'reason') ||
    (isBadText(by, MAX_USER_ID) && 'user id') ||
    (amount !== undefined && (amount < 1 || !isWhole(amount, Number.MAX_SAFE_INTEGER)) && 'amount');
  if (wrong !== false) throw new Fault('corrupt', `a refund cannot be stored: bad ${wrong}`);
}

export function isBadText(text: string, max: number): boolean {
  return text.length === 0 || text.length > max || !isStorableText(text);
}

function areTickets(tickets: readonly number[]): boolean {
  const { length } = tickets;
  const isAllowed = length > 0 && length <= MAX_QUANTITY;
  return isAllowed && tickets.every((ticket) => isWhole(ticket, MAX_INT)) && isAscending(tickets);
}

function isWhole(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max;
}
