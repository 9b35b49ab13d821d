import { describe, expect, it } from 'vitest';
import type { OrderJson } from '../../src/client/index.ts';
import { orderText } from './order-text.ts';

const ORDER: OrderJson = {
  id: '1JG8Z5E4T00000',
  saleId: 'demo',
  productId: 'poster',
  userId: 'u1',
  tickets: [7, 8],
  quantity: 2,
  price: { amount: 1500, currency: 'USD' },
  total: { amount: 3000, currency: 'USD' },
  state: 'paid',
  reservedAt: '2026-11-21T09:06:55.120Z',
  payBy: '2026-11-21T09:16:55.120Z',
};
const all = { refunded: ORDER.total };

describe('the text of an order', () => {
  it.each<[Partial<OrderJson>, string]>([
    [{ state: 'reserved' }, ''],
    [{}, 'Paid. See you there.'],
    [{ refunded: { amount: 500, currency: 'USD' } }, 'Paid. $5.00 of it is given back to you.'],
    [all, 'All of it, $30.00, is given back to you.'],
    [{ state: 'cancelled' }, 'Cancelled. The tickets are back on sale.'],
    [{ state: 'cancelled', quantity: 1 }, 'Cancelled. The ticket is back on sale.'],
    [{ state: 'cancelled', ...all }, 'Cancelled. $30.00 is given back to you.'],
    [{ state: 'expired' }, 'Not paid in time. The tickets are back on sale.'],
    [{ state: 'expired', ...all }, 'Not paid in time. Your payment came later. $30.00 is given back to you.'],
    [
      { state: 'expired', rebookedAs: '1JG8Z5E4T00001' },
      'Your payment came after your time was over. It has bought other tickets for you: see order 1JG8Z5E4T00001.',
    ],
    [{ state: 'rejected' }, 'We could not complete this order. You were not charged.'],
    [
      { state: 'rejected', ...all },
      'We could not complete this order. Your payment came later. $30.00 is given back to you.',
    ],
  ])('of %j', (parts, text) => {
    expect(orderText({ ...ORDER, ...parts })).toBe(text);
  });
});
