import { describe, expect, it } from 'vitest';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { aSale } from '../../test/support/sales.ts';
import { reportOn } from './report.ts';

const TIMELINE = [{ second: 1_893_456_000, reserved: 7 }];

const ports = {
  catalogue: new MemoryCatalogue([aSale({ total: 100, price: { amount: 5, currency: 'JPY' } })]),
  store: {
    counts: async () => ({ states: { reserved: 3, paid: 4, expired: 5, cancelled: 6, rejected: 1 }, tickets: 7 }),
    money: async () => ({ revenue: 20, captured: 30, givenBack: 10, refunded: 2, mismatched: 2 }),
  },
  queue: { stock: async () => ({ remaining: 93, version: 12 }) },
  live: {
    timelinePages: async function* () {
      yield TIMELINE;
    },
  },
};

describe('a report', () => {
  it('counts orders, tickets and payments', async () => {
    expect(await reportOn('sale-1', ports)).toEqual({
      saleId: 'sale-1',
      total: 100,
      remaining: 93,
      sold: 7,
      reserved: 3,
      paid: 4,
      expired: 5,
      cancelled: 6,
      rejected: 1,
      refunded: 2,
      mismatched: 2,
      revenue: { amount: 20, currency: 'JPY' },
      captured: { amount: 30, currency: 'JPY' },
      givenBack: { amount: 10, currency: 'JPY' },
      timeline: TIMELINE,
    });
  });

  it('of an archived sale has as left what no order holds: its queue has been freed', async () => {
    const catalogue = new MemoryCatalogue([aSale({ total: 100, status: 'archived' })]);
    const queue = { stock: () => Promise.reject(new Error('the queue is not asked')) };
    expect(await reportOn('sale-1', { ...ports, catalogue, queue })).toMatchObject({ remaining: 93, sold: 7, paid: 4 });
  });

  it('has a timeline of a bounded length, and says how long its points are', async () => {
    const live = {
      timelinePages: async function* () {
        for (let n = 0; n < 600_000; n += 2000) {
          yield Array.from({ length: 2000 }, (_, i) => ({ second: 1_893_456_000 + n + i, reserved: 1 }));
        }
      },
    };
    const report = await reportOn('sale-1', { ...ports, live });
    expect(report?.timelineStepSeconds).toBe(300);
    expect(report?.timeline).toHaveLength(2000);
    expect(report?.timeline.every(({ reserved }) => reserved === 300)).toBe(true);
  });

  it('has all tickets of a sale that the queue does not know', async () => {
    const untouched = { ...ports, queue: { stock: async () => undefined } };
    expect(await reportOn('sale-1', untouched)).toMatchObject({ remaining: 100 });
  });

  it('is undefined for an unknown sale', async () => {
    expect(await reportOn('nowhere', ports)).toBeUndefined();
  });
});
