import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { aSale } from '../../test/support/sales.ts';
import { AWAY, salesRig as rig, SALE_TTL_MS } from '../../test/support/sales-rig.ts';

describe('a sale', () => {
  it('is read once a lifetime', async () => {
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

  it('that is not there is not asked for again and again either', async () => {
    const { sales, asked } = await rig();
    expect([await sales.find('nowhere'), await sales.find('nowhere')]).toEqual([undefined, undefined]);
    expect(asked.sale).toHaveLength(1);
  });

  it('is asked for once by a stampede', async () => {
    const { sales, asked, hooks } = await rig();
    const gate = deferred();
    hooks.sale = (proceed) => gate.promise.then(proceed);
    const finds = Array.from({ length: 100 }, () => sales.find('sale-1'));
    gate.resolve();
    expect(new Set((await Promise.all(finds)).map((sale) => sale?.id))).toEqual(new Set(['sale-1']));
    expect(asked.sale).toHaveLength(1);
  });

  it('is asked for again by the next one when the stampede’s question failed', async () => {
    const { sales, hooks } = await rig();
    hooks.sale = () => Promise.reject(AWAY);
    const finds = await Promise.allSettled([sales.find('sale-1'), sales.find('sale-1')]);
    expect(finds.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    hooks.sale = (proceed) => proceed();
    expect(await sales.find('sale-1')).toEqual(aSale());
  });

  it('is served from memory, however old, while the catalogue is away', async () => {
    const { sales, hooks, clock } = await rig();
    await sales.find('sale-1');
    clock.advance(60 * SALE_TTL_MS);
    hooks.sale = () => Promise.reject(AWAY);
    expect(await sales.find('sale-1')).toEqual(aSale());
    await expect(sales.find('sale-2')).rejects.toBe(AWAY);
  });

  it('is served from memory at once while the catalogue is slow, and anew when it has answered', async () => {
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

  it('is not answered for from memory while the catalogue is away if buyers could not see it: it may be on sale by now', async () => {
    const { sales, catalogue, hooks, clock } = await rig();
    await catalogue.addSale(aSale({ id: 'sale-3', status: 'publishing' }));
    await sales.find('sale-3');
    clock.advance(60 * SALE_TTL_MS);
    hooks.sale = () => Promise.reject(AWAY);
    await expect(sales.find('sale-3')).rejects.toBe(AWAY);
  });

  it('is read anew after it was forgotten', async () => {
    const { sales, catalogue } = await rig();
    await sales.find('sale-1');
    await catalogue.saveSale(aSale({ epoch: 2, version: 2 }));
    expect(sales.known('sale-1')?.epoch).toBe(1);
    sales.forget('sale-1');
    expect(sales.known('sale-1')).toBeUndefined();
    expect((await sales.find('sale-1'))?.epoch).toBe(2);
  });

  it('is read anew although it was forgotten while it was being read', async () => {
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

  it('is not told as it was before a change that a later reading has brought', async () => {
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

  it('that is asked for once too often makes room: memory is bounded', async () => {
    const { sales, asked } = await rig([aSale()], 3);
    await sales.find('sale-1');
    for (const id of ['x1', 'x2', 'x3']) await sales.find(id);
    expect(sales.known('sale-1')).toBeUndefined();
    await sales.find('x3');
    expect(asked.sale).toEqual(['sale-1', 'x1', 'x2', 'x3']);
  });
});
