import { describe, expect, it } from 'vitest';
import { ticketsFor } from '../scenarios/../support/sale.ts';
import { chooseSteps, figuresOf, ticketsOf } from './growth.ts';
import { UsageError } from './options.ts';

describe('figuresOf', () => {
  it('has medians, but the sum of broken requests, so that one bad round shows', () => {
    const round = { soldPerSecond: 10, refusedPerSecond: 1, broken: 0, p99Ms: 5, memoryMb: 100 };
    expect(figuresOf([round, { ...round, soldPerSecond: 4, broken: 70 }, { ...round, soldPerSecond: 12 }])).toEqual({
      soldPerSecond: { median: 10, min: 4, max: 12 },
      refusedPerSecond: 1,
      broken: 70,
      p99Ms: 5,
      memoryMb: 100,
    });
  });
});

describe('ticketsOf', () => {
  it('divides more tickets than can be sold among all sales', () => {
    const each = ticketsOf({ sales: 100 }, 5);
    expect(each * 100).toBeGreaterThan(ticketsFor(5));
    expect(each * 100).toBeLessThan(ticketsFor(5) * 1.2);
  });

  it('are the size of the axis', () => {
    expect(ticketsOf({ sales: 1, tickets: 1 }, 5)).toBe(1);
  });
});

describe('chooseSteps', () => {
  it('takes all sizes of an axis by its first word, and all axes without names', () => {
    expect(chooseSteps(['fronts']).map(({ size }) => size)).toEqual([1, 2, 3, 4]);
    expect(chooseSteps(['sales']).map(({ on, size }) => `${on} ${size}`)).toContain('cluster 100');
    expect(chooseSteps([]).length).toBeGreaterThan(chooseSteps(['sales', 'tickets']).length);
  });

  it('refuses an unknown axis, and lists the known ones', () => {
    expect(() => chooseSteps(['sales', 'foo'])).toThrow(UsageError);
    expect(() => chooseSteps(['foo'])).toThrow('foo; there are connections, sales, tickets, fronts');
  });
});
