import { describe, expect, it } from 'vitest';
import { isLive, mayBecome, ORDER_STATES, TRANSITIONS } from './order.ts';

describe('an order', () => {
  it('goes from reserved to exactly one end', () => {
    expect(ORDER_STATES.filter((state) => mayBecome('reserved', state))).toEqual([
      'paid',
      'cancelled',
      'expired',
      'rejected',
    ]);
  });

  it.each(ORDER_STATES.filter((state) => state !== 'reserved'))('goes nowhere from %s', (state) => {
    expect(ORDER_STATES.filter((to) => mayBecome(state, to))).toEqual([]);
  });

  it('holds its ticket while it is reserved or paid', () => {
    expect(ORDER_STATES.filter(isLive)).toEqual(['reserved', 'paid']);
  });

  it('has rules for each of its states', () => {
    expect(Object.keys(TRANSITIONS).sort()).toEqual([...ORDER_STATES].sort());
  });
});
