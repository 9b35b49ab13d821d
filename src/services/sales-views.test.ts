import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { aSale } from '../../test/support/sales.ts';
import { salesRig as rig, STOCK_TTL_MS, UNAVAILABLE } from '../../test/support/sales-rig.ts';
import type { Sales } from './sales.ts';

describe('a view', () => {
  it('shows the sale, its stock, its phase and the server’s time', async () => {
    const { sales, clock, sell } = await rig();
    await sell('ann');
    clock.advance(5);
    expect(await sales.view('sale-1')).toEqual({ sale: aSale(), remaining: 9, phase: 'live', serverTime: clock.now() });
    expect(await sales.view('nowhere')).toBeUndefined();
  });

  it('has a stock figure that is never older than its time to live', async () => {
    const { sales, clock, sell, asked } = await rig();
    await sales.view('sale-1');
    await sell('ann');
    clock.advance(STOCK_TTL_MS - 1);
    expect((await sales.view('sale-1'))?.remaining).toBe(10);
    clock.advance(1);
    expect((await sales.view('sale-1'))?.remaining).toBe(9);
    expect(asked.stock).toHaveLength(2);
  });

  it('uses the figure that came with a purchase, without a query', async () => {
    const { sales, asked } = await rig();
    sales.observe('sale-1', { remaining: 0, version: 9 });
    expect(await sales.view('sale-1')).toMatchObject({ remaining: 0, phase: 'sold_out' });
    expect(asked.stock).toEqual([]);
  });

  it('asks for the stock once in a stampede', async () => {
    const { sales, asked, hooks } = await rig();
    const gate = deferred();
    hooks.stock = (proceed) => gate.promise.then(proceed);
    const views = Array.from({ length: 100 }, () => sales.view('sale-1'));
    gate.resolve();
    expect(new Set((await Promise.all(views)).map((view) => view?.remaining))).toEqual(new Set([10]));
    expect(asked.stock).toHaveLength(1);
  });

  it('keeps the last figure while the queue is unavailable, and fails only without one', async () => {
    const { sales, hooks, clock } = await rig();
    hooks.stock = () => Promise.reject(UNAVAILABLE);
    await expect(sales.view('sale-1')).rejects.toBe(UNAVAILABLE);
    sales.observe('sale-1', { remaining: 4, version: 9 });
    clock.advance(10 * STOCK_TTL_MS);
    expect((await sales.view('sale-1'))?.remaining).toBe(4);
  });

  it('of a draft has all tickets, without asking the queue', async () => {
    const { sales, asked } = await rig([aSale({ status: 'draft', total: 7 })]);
    expect(await sales.view('sale-1')).toMatchObject({ remaining: 7, phase: 'draft' });
    expect(asked.stock).toEqual([]);
  });
});

describe('a view from memory', () => {
  it('is the same while sale and stock are fresh, and undefined otherwise', async () => {
    const { sales, clock, asked } = await rig();
    expect(sales.knownView('sale-1')).toBeUndefined();
    const view = await sales.view('sale-1');
    expect(sales.knownView('sale-1')).toEqual(view);
    clock.advance(STOCK_TTL_MS - 1);
    expect(sales.knownView('sale-1')).toMatchObject({ remaining: 10, serverTime: clock.now() });
    clock.advance(1);
    expect(sales.knownView('sale-1')).toBeUndefined();
    sales.observe('sale-1', { remaining: 3, version: Number.MAX_SAFE_INTEGER });
    expect(sales.knownView('sale-1')?.remaining).toBe(3);
    sales.forget('sale-1');
    expect(sales.knownView('sale-1')).toBeUndefined();
    expect(asked.stock).toHaveLength(1);
  });

  it('is of public sales only', async () => {
    const { sales } = await rig([aSale({ status: 'draft' })]);
    await sales.view('sale-1');
    sales.observe('sale-1', { remaining: 3, version: 9 });
    expect(sales.knownView('sale-1')).toBeUndefined();
  });
});

describe('a stock figure', () => {
  const remaining = async (sales: Sales) => (await sales.view('sale-1'))?.remaining;

  it('is never replaced by an older one, however late that arrives', async () => {
    const { sales } = await rig();
    sales.observe('sale-1', { remaining: 5, version: 5 });
    sales.observe('sale-1', { remaining: 8, version: 2 });
    expect(await remaining(sales)).toBe(5);
    sales.observe('sale-1', { remaining: 6, version: 6 });
    expect(await remaining(sales)).toBe(6);
  });

  it('that came with a purchase is kept while an older one is still being read', async () => {
    const { sales, hooks } = await rig();
    const [asked, gate] = [deferred(), deferred()];
    hooks.stock = async () => {
      asked.resolve();
      await gate.promise;
      return { remaining: 10, version: 1 };
    };
    const view = remaining(sales);
    await asked.promise;
    sales.observe('sale-1', { remaining: 3, version: 8 });
    gate.resolve();
    expect(await view).toBe(3);
    expect(await remaining(sales)).toBe(3);
  });

  it('of an old event does not count as fresh', async () => {
    const { sales, clock, asked } = await rig();
    sales.observe('sale-1', { remaining: 5, version: 5 });
    clock.advance(STOCK_TTL_MS);
    sales.observe('sale-1', { remaining: 8, version: 2 });
    await remaining(sales);
    expect(asked.stock).toHaveLength(1);
  });

  it('is kept when the sale changes', async () => {
    const { sales } = await rig();
    sales.observe('sale-1', { remaining: 5, version: 5 });
    sales.forget('sale-1');
    sales.observe('sale-1', { remaining: 8, version: 2 });
    expect(await remaining(sales)).toBe(5);
  });
});

describe('the list', () => {
  const idsOf = ({ items, next }: Awaited<ReturnType<Sales['list']>>) => [items.map(({ sale }) => sale.id), next];
  const everything = { limit: 200, includeDrafts: false };

  it('is complete, page by page', async () => {
    const { sales } = await rig(['a', 'b', 'c', 'd'].map((id) => aSale({ id })));
    expect(idsOf(await sales.list({ ...everything, limit: 3 }))).toEqual([['a', 'b', 'c'], 'c']);
    expect(idsOf(await sales.list({ ...everything, limit: 3, after: 'c' }))).toEqual([['d'], undefined]);
  });

  it('names no next page when the last one is exactly full', async () => {
    const { sales } = await rig(['a', 'b'].map((id) => aSale({ id })));
    expect(idsOf(await sales.list({ ...everything, limit: 2 }))).toEqual([['a', 'b'], undefined]);
  });

  it('fills its pages with sales of the phase, however far apart they are', async () => {
    const stored = Array.from({ length: 450 }, (_, n) =>
      aSale({ id: String(n).padStart(3, '0'), total: 1, ...(n % 150 === 149 ? {} : { status: 'closed' as const }) }),
    );
    const { sales } = await rig(stored);
    const live = { ...everything, phase: 'live' as const, limit: 2 };
    expect(idsOf(await sales.list(live))).toEqual([['149', '299'], '299']);
    expect(idsOf(await sales.list({ ...live, after: '299' }))).toEqual([['449'], undefined]);
  });

  it('asks for all its stock figures concurrently', async () => {
    const { sales, hooks, asked } = await rig(['a', 'b', 'c'].map((id) => aSale({ id })));
    const gate = deferred();
    hooks.stock = (proceed) => gate.promise.then(proceed);
    const page = sales.list(everything);
    await expect.poll(() => asked.stock).toEqual(['a', 'b', 'c']);
    gate.resolve();
    expect(idsOf(await page)).toEqual([['a', 'b', 'c'], undefined]);
  });

  it('includes drafts only on request', async () => {
    const { sales } = await rig([aSale({ id: 'a', status: 'draft' }), aSale({ id: 'b' })]);
    expect(idsOf(await sales.list(everything))).toEqual([['b'], undefined]);
    expect(idsOf(await sales.list({ ...everything, includeDrafts: true }))).toEqual([['a', 'b'], undefined]);
  });
});
