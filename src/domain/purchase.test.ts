import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aSale } from '../../test/support/sales.ts';
import { type LoggedReservation, orderOf } from './log-record.ts';
import { isOwnKey, ownKey, reservedOrder } from './purchase.ts';

const reservation: fc.Arbitrary<LoggedReservation> = fc.record({
  orderId: fc.string(),
  tickets: fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 4 }),
  userId: fc.string(),
  key: fc.string(),
  reservedAt: fc.integer({ min: 0, max: 2 ** 45 }),
  requestId: fc.string(),
});

describe('isOwnKey', () => {
  it('recognises the own key of an order, and no other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (orderId, other) => {
        expect(isOwnKey(ownKey(orderId), orderId)).toBe(true);
        expect(isOwnKey(other, orderId)).toBe(other === ownKey(orderId));
      }),
    );
    expect([isOwnKey('k:a', 'a'), isOwnKey('o:b', 'a'), isOwnKey('o:aa', 'a')]).toEqual([false, false, false]);
  });
});

describe('reservedOrder', () => {
  it('has to be paid within the sale’s time to pay', () => {
    const order = reservedOrder(aSale({ payWithinSeconds: 90 }), {
      orderId: 'o',
      userId: 'u',
      tickets: [3],
      reservedAt: 5000,
    });
    expect(order).toMatchObject({ state: 'reserved', reservedAt: 5000, payBy: 95_000 });
  });

  it('has the same bytes as the order of its log record', () => {
    fc.assert(
      fc.property(reservation, fc.integer({ min: 1, max: 86_400 }), (item, payWithinSeconds) => {
        const sale = aSale({ payWithinSeconds });
        const { id: saleId, productId, epoch, price } = sale;
        const record = {
          type: 'reservations',
          saleId,
          productId,
          epoch,
          price,
          payWithinSeconds,
          items: [item],
        } as const;
        expect(JSON.stringify(reservedOrder(sale, item))).toBe(JSON.stringify(orderOf(record, item)));
      }),
    );
  });

  it('does not depend on what may change in a published sale', () => {
    fc.assert(
      fc.property(reservation, fc.nat(), fc.nat(), (item, epoch, version) => {
        const later = aSale({ epoch, version, status: 'closed', title: 'Another title', closesAt: 1 });
        expect(JSON.stringify(reservedOrder(later, item))).toBe(JSON.stringify(reservedOrder(aSale(), item)));
      }),
    );
  });
});
