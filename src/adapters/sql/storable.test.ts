import { expect, test } from 'vitest';
import { MAX_QUANTITY, type Order } from '../../domain/order.ts';
import { assertStorable, assertStorableFence, MAX_KEY, MAX_USER_ID } from './storable.ts';

const order: Order = {
  id: '0123456789ABCD',
  saleId: 's',
  productId: 'p',
  userId: 'u'.repeat(MAX_USER_ID),
  tickets: [1],
  price: { amount: 0, currency: 'USD' },
  state: 'reserved',
  reservedAt: 0,
  payBy: 1,
};
const key = 'k'.repeat(MAX_KEY);

test('accepts an order at its limits', () => {
  expect(() => assertStorable({ order, key })).not.toThrow();
  const tickets = Array.from({ length: MAX_QUANTITY }, (_, n) => 2 ** 31 - MAX_QUANTITY + n);
  expect(() => assertStorable({ order: { ...order, tickets }, key })).not.toThrow();
});

test.each<[string, Partial<Order>]>([
  ['id', { id: '0123456789ABC' }],
  ['sale id', { saleId: '' }],
  ['product id', { productId: 'p'.repeat(65) }],
  ['user id', { userId: 'u'.repeat(MAX_USER_ID + 1) }],
  ['user id', { userId: 'a\0b' }],
  ['user id', { userId: 'a\ud800' }],
  ['currency', { price: { amount: 1, currency: 'EURO' } }],
  ['price', { price: { amount: 0.5, currency: 'EUR' } }],
  ['tickets', { tickets: [] }],
  ['tickets', { tickets: [Number.NaN] }],
  ['tickets', { tickets: [2 ** 31] }],
  ['tickets', { tickets: [1, 2 ** 31] }],
  ['tickets', { tickets: [1, 2, 2] }],
  ['tickets', { tickets: [2, 1] }],
  ['tickets', { tickets: Array.from({ length: MAX_QUANTITY + 1 }, (_, n) => n) }],
  ['reservation time', { reservedAt: -1 }],
  ['payment deadline', { payBy: Number.POSITIVE_INFINITY }],
  ['state', { state: 'paid' }],
])('refuses a bad %s', (what, parts) => {
  const refused = () => assertStorable({ order: { ...order, ...parts }, key });
  expect(refused).toThrow(
    expect.objectContaining({ code: 'corrupt', message: expect.stringContaining(`bad ${what}`) }),
  );
});

test('refuses a key that is empty or too long', () => {
  for (const bad of ['', `${key}k`]) expect(() => assertStorable({ order, key: bad })).toThrow(/bad key/);
});

test.each([
  ['sale id', { saleId: 's'.repeat(65) }],
  ['sale id', { saleId: '\udc00' }],
  ['epoch', { epoch: 2 ** 31 }],
  ['epoch', { epoch: 1e300 }],
  ['offset', { offset: 2 ** 63 }],
])('refuses a fence with a bad %s', (what, parts) => {
  const fence = { saleId: 's', epoch: 2 ** 31 - 1, offset: Number.MAX_SAFE_INTEGER };
  expect(() => assertStorableFence(fence)).not.toThrow();
  expect(() => assertStorableFence({ ...fence, ...parts })).toThrow(
    expect.objectContaining({ code: 'corrupt', message: expect.stringContaining(`bad ${what}`) }),
  );
});
