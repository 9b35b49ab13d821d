import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { MemoryOrderStore } from '../../../test/support/fakes/memory-order-store.ts';
import { newOrder } from '../../../test/support/orders.ts';
import { aSale } from '../../../test/support/sales.ts';
import { Fault } from '../../domain/errors.ts';
import type { Sale } from '../../domain/sale.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import { watched, withDueOrders, withUnpublished } from './watched-sales.ts';

const HOUR = 3_600_000;

describe('the watched sales', () => {
  const clock = new ManualClock();
  const now = clock.now();
  const sale = (id: string, opensAt: number, closesAt: number): Sale =>
    aSale({ id, opensAt: now + opensAt, closesAt: now + closesAt, payWithinSeconds: 3600, status: 'closed' });
  const sales = [
    aSale({ id: 'a draft', status: 'draft', opensAt: now - HOUR, closesAt: now + HOUR }),
    sale('early', 1, HOUR),
    sale('opening', 0, HOUR),
    sale('a day over', -30 * HOUR, -25 * HOUR + 1),
    sale('longer over', -30 * HOUR, -25 * HOUR),
  ];

  it('are all opened ones at first and once a minute, in between those over for less than a day', async () => {
    const watch = watched(async () => sales, clock);
    const seen = [];
    for (const ms of [0, 0, 59_999, 1, 0]) {
      clock.advance(ms);
      seen.push((await watch()).map(({ id }) => id).join());
    }
    expect(seen[0]).toBe('opening,a day over,longer over');
    expect(seen[1]).toBe('opening,a day over');
    expect(seen[2]).toBe('early,opening');
    expect(seen[3]).toBe('early,opening,a day over,longer over');
    expect(seen[4]).toBe('early,opening');
  });

  it('are all returned by the next call after a failed read', async () => {
    let failing = true;
    const watch = watched(async () => {
      if (failing) throw new Fault('unavailable', 'unreachable');
      return sales;
    }, new ManualClock());
    await expect(watch()).rejects.toThrow('unreachable');
    failing = false;
    expect(await watch()).toHaveLength(3);
  });
});

describe('of the watched sales', () => {
  const sales = ['a', 'b', 'c'].map((id) => aSale({ id }));

  it('those with due orders are asked for in one call', async () => {
    const clock = new ManualClock();
    const store = new MemoryOrderStore();
    const order = (saleId: string, ms: number) => newOrder({ saleId, tickets: [1], payBy: clock.now() + ms });
    await store.store({ group: 'g', positions: [], orders: [order('a', 1), order('b', 0), order('elsewhere', 0)] });
    const asked: (readonly string[])[] = [];
    const salesDue: OrderStore['salesDue'] = (saleIds, now) => {
      asked.push(saleIds);
      return store.salesDue(saleIds, now);
    };
    const read = withDueOrders(async () => sales, { store: { salesDue }, clock });
    expect(await read()).toEqual([sales[1]]);
    clock.advance(1);
    expect(await read()).toEqual([sales[0], sales[1]]);
    expect(asked).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  });

  it('those with unpublished reservations are asked for in one call, which may name others', async () => {
    const withSome = vi.fn(async () => ['c', 'elsewhere']);
    expect(await withUnpublished(async () => sales, { withUnpublished: withSome })()).toEqual([sales[2]]);
    expect(withSome.mock.calls).toEqual([[['a', 'b', 'c']]]);
  });

  it('none is read while the call fails', async () => {
    const fault = new Fault('unavailable', 'unreachable');
    const failing = async () => Promise.reject(fault);
    await expect(withUnpublished(async () => sales, { withUnpublished: failing })()).rejects.toBe(fault);
    await expect(
      withDueOrders(async () => sales, { store: { salesDue: failing }, clock: new ManualClock() })(),
    ).rejects.toBe(fault);
  });
});
