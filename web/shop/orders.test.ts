import { describe, expect, it } from 'vitest';
import type { OrderJson, OrderState } from '../../src/client/index.ts';
import { mergeOrders } from './orders.ts';

function order(id: string, state: OrderState): OrderJson {
  const time = '2030-01-01T00:00:00.000Z';
  const price = { amount: 1, currency: 'USD' };
  return {
    id,
    saleId: 's',
    productId: 'p',
    userId: 'u',
    tickets: [1],
    quantity: 1,
    price,
    total: price,
    state,
    reservedAt: time,
    payBy: time,
  };
}

const shown = (orders: readonly OrderJson[]) => orders.map(({ id, state }) => `${id} ${state}`);

describe('the buyer’s orders', () => {
  it('are listed once each, newest first', () => {
    const known = mergeOrders([], [order('1', 'reserved'), order('3', 'reserved')]);
    expect(shown(mergeOrders(known, [order('2', 'paid'), order('3', 'paid')]))).toEqual([
      '3 paid',
      '2 paid',
      '1 reserved',
    ]);
  });

  it.each(['paid', 'cancelled', 'expired', 'rejected'] as const)('stay %s when an older copy arrives late', (state) => {
    expect(shown(mergeOrders([order('1', state)], [order('1', 'reserved')]))).toEqual([`1 ${state}`]);
  });
});
