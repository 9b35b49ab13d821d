import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../domain/order.ts';
import { serialiseOrder } from './json.ts';
import { createReservedOrderWriter } from './reserved-json.ts';

const anOrder: fc.Arbitrary<Order> = fc.record({
  id: fc.constantFrom('1JG8Z5E4T00000', '1JG8Z5E4T00001'),
  saleId: fc.constantFrom('a', 'b'),
  productId: fc.oneof(fc.constantFrom('p', '","userId":"x', '"id":'), fc.string({ unit: 'grapheme' })),
  userId: fc.oneof(fc.constantFrom('u1', 'a"b', 'a\\b', '\ud800'), fc.string({ unit: 'grapheme' })),
  tickets: fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 3 }),
  price: fc.record({ amount: fc.integer({ min: 0, max: 3 }), currency: fc.constantFrom('USD', 'EUR') }),
  state: fc.constantFrom('reserved' as const, 'paid' as const),
  reservedAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  payBy: fc.integer({ min: 0, max: 4_000_000_000_000 }),
});

describe('createReservedOrderWriter', () => {
  it('writes the same bytes as the serialiser for any sequence of orders', () => {
    fc.assert(
      fc.property(fc.array(anOrder, { minLength: 1, maxLength: 20 }), (orders) => {
        const write = createReservedOrderWriter();
        expect(orders.map(write)).toEqual(orders.map(serialiseOrder));
      }),
      { numRuns: 300 },
    );
  });
});
