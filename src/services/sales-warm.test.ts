import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { aSale } from '../../test/support/sales.ts';
import { salesRig as rig, SALE_TTL_MS, UNAVAILABLE } from '../../test/support/sales-rig.ts';
import type { Sales } from './sales.ts';

describe('warming up', () => {
  const HOUR_MS = 3_600_000;
  const DAY_MS = 24 * HOUR_MS;
  const everything = { limit: 200, includeDrafts: false };
  const idsOf = ({ items }: Awaited<ReturnType<Sales['list']>>) => items.map(({ sale }) => sale.id);
  const over = (id: string, ms: number) => aSale({ id, opensAt: 1, closesAt: Date.UTC(2030, 0, 1) - ms });

  it('makes every public sale known before the first request, also upcoming ones', async () => {
    const upcoming = aSale({ id: 'soon', opensAt: Date.UTC(2030, 5, 1), closesAt: Date.UTC(2030, 6, 1) });
    const { sales, asked } = await rig([aSale(), upcoming, aSale({ id: 'draft', status: 'draft' })]);
    await sales.warm();
    expect([sales.known('sale-1'), sales.known('soon'), sales.known('draft')]).toEqual([aSale(), upcoming, undefined]);
    expect(asked.sale).toEqual([]);
  });

  it('keeps them known from one second to the next', async () => {
    const { sales, clock, asked } = await rig();
    for (let second = 0; second < 5; second += 1) {
      await sales.warm();
      clock.advance(SALE_TTL_MS - 1);
      expect(sales.known('sale-1')).toEqual(aSale());
    }
    expect(asked.sale).toEqual([]);
  });

  it('reads nothing while no sale changes, however many there are', async () => {
    const { sales, clock, asked } = await rig([aSale(), over('just', HOUR_MS), over('long', 2 * DAY_MS)]);
    await sales.warm();
    for (let second = 1; second <= 60; second += 1) {
      clock.advance(1000);
      await sales.warm();
    }
    expect(asked.sales.map(({ endsAfter }) => endsAfter)).toEqual([undefined]);
    expect(asked.revisions).toBe(61);
    expect(sales.known('just')).toBeDefined();
    expect(sales.known('long')).toBeUndefined();
  });

  it('reads those of the last day again after a change', async () => {
    const { sales, catalogue, clock, asked } = await rig([aSale(), over('long', 2 * DAY_MS)]);
    await sales.warm();
    clock.advance(1000);
    await catalogue.saveSale(aSale({ status: 'closed', version: 2 }));
    await sales.warm();
    await sales.warm();
    expect(asked.sales.map(({ endsAfter }) => endsAfter)).toEqual([undefined, Date.UTC(2030, 0, 1) + 1000 - DAY_MS]);
    expect(sales.known('sale-1')?.status).toBe('closed');
  });

  it('lets lists be served from memory, page by page, with sales that ended long ago', async () => {
    const { sales, asked } = await rig([aSale({ id: 'a' }), over('b', 2 * DAY_MS), aSale({ id: 'c' })]);
    await sales.warm();
    const reads = asked.sales.length;
    expect(idsOf(await sales.list(everything))).toEqual(['a', 'b', 'c']);
    expect(idsOf(await sales.list({ ...everything, phase: 'live' }))).toEqual(['a', 'c']);
    const first = await sales.list({ ...everything, limit: 1 });
    expect([idsOf(first), first.next]).toEqual([['a'], 'a']);
    expect(idsOf(await sales.list({ ...everything, after: 'a' }))).toEqual(['b', 'c']);
    expect(idsOf(await sales.list({ ...everything, after: 'aa' }))).toEqual(['b', 'c']);
    expect(idsOf(await sales.list({ ...everything, after: 'c' }))).toEqual([]);
    expect(asked.sales).toHaveLength(reads);
  });

  it('shows in lists from then on what was published or closed', async () => {
    const { sales, catalogue, queue } = await rig();
    await sales.warm();
    expect(idsOf(await sales.list(everything))).toEqual(['sale-1']);
    const fresh = aSale({ id: 'a-new' });
    await queue.load(fresh);
    await catalogue.addSale(fresh);
    await catalogue.saveSale(aSale({ status: 'closed', version: 2 }));
    await sales.warm();
    const { items } = await sales.list(everything);
    expect(items.map(({ sale, phase }) => [sale.id, phase])).toEqual([
      ['a-new', 'live'],
      ['sale-1', 'closed'],
    ]);
    expect(sales.known('sale-1')?.status).toBe('closed');
  });

  it('asks the catalogue for lists when memory is stale, and always for drafts', async () => {
    const { sales, clock, asked } = await rig([aSale(), aSale({ id: 'draft', status: 'draft' })]);
    await sales.warm();
    clock.advance(SALE_TTL_MS + 1);
    await sales.list(everything);
    expect(asked.revisions).toBe(2);
    await sales.warm();
    expect(idsOf(await sales.list({ ...everything, includeDrafts: true }))).toEqual(['draft', 'sale-1']);
  });

  it('lets lists outlive the catalogue, for any time', async () => {
    const { sales, clock, hooks } = await rig([aSale({ id: 'a' }), aSale({ id: 'b' })]);
    hooks.sales = () => Promise.reject(UNAVAILABLE);
    await expect(sales.list(everything)).rejects.toBe(UNAVAILABLE);
    hooks.sales = (proceed) => proceed();
    await sales.warm();
    clock.advance(HOUR_MS / 4);
    hooks.sales = () => Promise.reject(UNAVAILABLE);
    hooks.revision = () => Promise.reject(UNAVAILABLE);
    await expect(sales.warm()).rejects.toBe(UNAVAILABLE);
    expect(idsOf(await sales.list({ ...everything, after: 'a' }))).toEqual(['b']);
    await expect(sales.list({ ...everything, includeDrafts: true })).rejects.toBe(UNAVAILABLE);
  });

  it('lets lists be served while the catalogue hangs, and asks it once in the background', async () => {
    const { sales, clock, hooks, asked } = await rig([aSale({ id: 'a' }), aSale({ id: 'b' })]);
    await sales.warm();
    clock.advance(SALE_TTL_MS + 1);
    hooks.revision = () => deferred<never>().promise;
    const reads = asked.revisions;
    for (let n = 0; n < 3; n += 1) expect(idsOf(await sales.list(everything))).toEqual(['a', 'b']);
    expect(asked.revisions).toBe(reads + 1);
  });

  it('reads each stock figure once, so that pages that were never viewed outlive the queue', async () => {
    const { sales, hooks, asked } = await rig([aSale({ id: 'a' }), aSale({ id: 'b' })]);
    await sales.warm();
    await sales.warm();
    expect(asked.stock).toEqual(['a', 'b']);
    hooks.stock = () => Promise.reject(UNAVAILABLE);
    expect((await sales.view('b'))?.remaining).toBe(10);
    expect(idsOf(await sales.list(everything))).toEqual(['a', 'b']);
  });

  it('succeeds while the queue is unavailable', async () => {
    const { sales, hooks } = await rig();
    hooks.stock = () => Promise.reject(UNAVAILABLE);
    await sales.warm();
    expect(sales.known('sale-1')).toEqual(aSale());
  });

  it('does not replace a sale in memory by an older version', async () => {
    const { sales, catalogue, hooks } = await rig();
    const gate = deferred();
    hooks.sales = async (proceed) => {
      const old = await proceed();
      await gate.promise;
      return old;
    };
    const warming = sales.warm();
    await catalogue.saveSale(aSale({ status: 'closed', version: 2 }));
    await sales.find('sale-1');
    gate.resolve();
    await warming;
    expect(sales.known('sale-1')?.status).toBe('closed');
  });
});
