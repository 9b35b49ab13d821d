import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { aSale } from '../../test/support/sales.ts';
import { salesRig as rig, SALE_TTL_MS, UNAVAILABLE } from '../../test/support/sales-rig.ts';

describe('a sale', () => {
  it('is read once per time to live', async () => {
    const { sales, asked, clock } = await rig();
    expect(sales.known('sale-1')).toBeUndefined();
    expect(await sales.find('sale-1')).toEqual(aSale());
    clock.advance(SALE_TTL_MS - 1);
    expect(await sales.find('sale-1')).toEqual(aSale());
    expect(sales.known('sale-1')).toEqual(aSale());
    expect(asked.sale).toHaveLength(1);
    clock.advance(1);
    expect(sales.known('sale-1')).toBeUndefined();
    await sales.find('sale-1');
    expect(asked.sale).toHaveLength(2);
  });

  it('that is archived is seen by its id, without a call of the queue, and in no list of buyers', async () => {
    const { sales, catalogue, asked, clock } = await rig();
    await sales.warm();
    expect((await sales.list({ limit: 9, includeDrafts: false })).items).toHaveLength(1);
    const archived = aSale({ status: 'archived', version: 2 });
    await catalogue.saveSale(archived);
    sales.forget('sale-1');
    sales.observe('sale-1', { remaining: 3, version: 9 });
    await sales.warm();
    asked.stock.length = 0;

    clock.advance(SALE_TTL_MS);
    await sales.warm();
    expect(await sales.publicView('sale-1')).toMatchObject({ sale: archived, phase: 'archived', remaining: 0 });
    expect((await sales.list({ limit: 9, includeDrafts: false })).items).toEqual([]);
    expect((await sales.list({ limit: 9, includeDrafts: true })).items).toMatchObject([{ phase: 'archived' }]);
    expect(asked.stock).toEqual([]);
  });

  it('that does not exist is cached, too', async () => {
    const { sales, asked } = await rig();
    expect([await sales.find('nowhere'), await sales.find('nowhere')]).toEqual([undefined, undefined]);
    expect(asked.sale).toHaveLength(1);
  });

  it('that buyers can’t see is believed for a tenth of a second: another front may publish it, and sell', async () => {
    const { sales, catalogue, asked, clock } = await rig();
    await catalogue.addSale(aSale({ id: 'soon', status: 'draft' }));
    expect(await sales.find('soon')).toMatchObject({ status: 'draft' });
    await catalogue.saveSale(aSale({ id: 'soon', status: 'published', version: 2 }));
    clock.advance(99);
    expect(await sales.find('soon')).toMatchObject({ status: 'draft' });
    expect(asked.sale).toHaveLength(1);
    clock.advance(1);
    expect(sales.known('soon')).toBeUndefined();
    expect(await sales.find('soon')).toMatchObject({ status: 'published' });
  });

  it('is read once in a stampede', async () => {
    const { sales, asked, hooks } = await rig();
    const gate = deferred();
    hooks.sale = (proceed) => gate.promise.then(proceed);
    const finds = Array.from({ length: 100 }, () => sales.find('sale-1'));
    gate.resolve();
    expect(new Set((await Promise.all(finds)).map((sale) => sale?.id))).toEqual(new Set(['sale-1']));
    expect(asked.sale).toHaveLength(1);
  });

  it('is read again by the next call when the stampede’s query failed', async () => {
    const { sales, hooks } = await rig();
    hooks.sale = () => Promise.reject(UNAVAILABLE);
    const finds = await Promise.allSettled([sales.find('sale-1'), sales.find('sale-1')]);
    expect(finds.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    hooks.sale = (proceed) => proceed();
    expect(await sales.find('sale-1')).toEqual(aSale());
  });

  it('is served from memory, however old, while the catalogue is unavailable', async () => {
    const { sales, hooks, clock } = await rig();
    await sales.find('sale-1');
    clock.advance(60 * SALE_TTL_MS);
    hooks.sale = () => Promise.reject(UNAVAILABLE);
    expect(await sales.find('sale-1')).toEqual(aSale());
    await expect(sales.find('sale-2')).rejects.toBe(UNAVAILABLE);
  });

  it('is served from memory while the catalogue is slow, and updated when it has answered', async () => {
    const { sales, catalogue, hooks, clock } = await rig();
    await sales.find('sale-1');
    clock.advance(SALE_TTL_MS);
    await catalogue.saveSale(aSale({ status: 'closed', version: 2 }));
    const gate = deferred();
    hooks.sale = (proceed) => gate.promise.then(proceed);
    expect((await sales.find('sale-1'))?.status).toBe('published');
    gate.resolve();
    await expect.poll(() => sales.known('sale-1')?.status).toBe('closed');
  });

  it('that was not public is not served from memory while the catalogue is unavailable: it may be on sale by now', async () => {
    const { sales, catalogue, hooks, clock } = await rig();
    await catalogue.addSale(aSale({ id: 'sale-3', status: 'publishing' }));
    await sales.find('sale-3');
    clock.advance(60 * SALE_TTL_MS);
    hooks.sale = () => Promise.reject(UNAVAILABLE);
    await expect(sales.find('sale-3')).rejects.toBe(UNAVAILABLE);
  });

  it('is read again after it was forgotten', async () => {
    const { sales, catalogue } = await rig();
    await sales.find('sale-1');
    await catalogue.saveSale(aSale({ epoch: 2, version: 2 }));
    expect(sales.known('sale-1')?.epoch).toBe(1);
    sales.forget('sale-1');
    expect(sales.known('sale-1')).toBeUndefined();
    expect((await sales.find('sale-1'))?.epoch).toBe(2);
  });

  it('that was forgotten while it was being read is read again', async () => {
    const { sales, catalogue, hooks } = await rig();
    const gate = deferred();
    hooks.sale = async (proceed) => {
      const old = await proceed();
      await gate.promise;
      return old;
    };
    const early = sales.find('sale-1');
    await catalogue.saveSale(aSale({ epoch: 2, version: 2 }));
    sales.forget('sale-1');
    hooks.sale = (proceed) => proceed();
    const late = sales.find('sale-1');
    gate.resolve();
    expect((await late)?.epoch).toBe(2);
    await early;
    expect(sales.known('sale-1')?.epoch).toBe(2);
  });

  it('is not returned as it was before a change that a later reading has seen', async () => {
    const { sales, hooks } = await rig();
    const slow = deferred();
    hooks.sale = async () => {
      await slow.promise;
      return aSale({ status: 'publishing', version: 1 });
    };
    const early = sales.find('sale-1');
    sales.forget('sale-1');
    hooks.sale = async () => aSale({ status: 'published', version: 2 });
    expect((await sales.find('sale-1'))?.status).toBe('published');
    slow.resolve();
    expect((await early)?.status).toBe('published');
  });

  it('is evicted for newer ones: memory is bounded', async () => {
    const { sales, asked } = await rig([aSale()], 3);
    await sales.find('sale-1');
    for (const id of ['x1', 'x2', 'x3']) await sales.find(id);
    expect(sales.known('sale-1')).toBeUndefined();
    await sales.find('x3');
    expect(asked.sale).toEqual(['sale-1', 'x1', 'x2', 'x3']);
  });
});
