import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { aSale } from '../../../test/support/sales.ts';
import { Fault } from '../../domain/errors.ts';
import type { Sale } from '../../domain/sale.ts';
import { publicSales, watched } from './watched-sales.ts';

const HOUR = 3_600_000;

function catalogueOf(sales: () => readonly Sale[]) {
  const queries: unknown[] = [];
  return {
    queries,
    sales: async (query: unknown) => {
      queries.push(query);
      return sales();
    },
  };
}

describe('the public sales', () => {
  it('are read once a second, for any number of callers', async () => {
    const clock = new ManualClock();
    const catalogue = catalogueOf(() => [aSale()]);
    const read = publicSales(catalogue, clock);
    await Promise.all([read(), read()]);
    clock.advance(999);
    expect(await read()).toEqual([aSale()]);
    expect(catalogue.queries).toEqual([{ limit: 200, includeDrafts: false }]);
    clock.advance(1);
    await read();
    expect(catalogue.queries).toHaveLength(2);
  });

  it('are read again by the next call after a failed read', async () => {
    let failing = true;
    const read = publicSales(
      catalogueOf(() => {
        if (failing) throw new Fault('unavailable', 'unreachable');
        return [aSale()];
      }),
      new ManualClock(),
    );
    await expect(read()).rejects.toThrow('unreachable');
    failing = false;
    expect(await read()).toHaveLength(1);
  });
});

describe('the watched sales', () => {
  const clock = new ManualClock();
  const now = clock.now();
  const sale = (id: string, opensAt: number, closesAt: number): Sale =>
    aSale({ id, opensAt: now + opensAt, closesAt: now + closesAt, payWithinSeconds: 3600, status: 'closed' });
  const sales = [
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
