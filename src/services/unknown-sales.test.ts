import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/support/deferred.ts';
import { aSale } from '../../test/support/sales.ts';
import { salesRig as rig, SALE_TTL_MS, UNAVAILABLE } from '../../test/support/sales-rig.ts';

async function warmRig(...args: Parameters<typeof rig>) {
  const made = await rig(...args);
  await made.sales.warm();
  return made;
}

describe('an id of no public sale', () => {
  it('costs no read of its own: all who ask at once share one look at the revision', async () => {
    const { sales, asked } = await warmRig();
    const before = { sale: asked.sale.length, sales: asked.sales.length, revisions: asked.revisions };
    const found = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => [sales.findPublic(`no-${n}`), sales.publicView(`no-${n}`)]).flat(),
    );
    expect(new Set(found)).toEqual(new Set([undefined]));
    expect([asked.sale.length, asked.sales.length]).toEqual([before.sale, before.sales]);
    // One for the first, and one for those who asked while it was under way.
    expect(asked.revisions - before.revisions).toBe(2);
  });

  it('does not evict the public sales from memory', async () => {
    const { sales } = await warmRig([aSale()], 10);
    for (let n = 0; n < 20; n += 1) await sales.findPublic(`no-${n}`);
    expect(sales.known('sale-1')).toEqual(aSale());
  });

  it('is that of a draft, too, which only `find` returns', async () => {
    const draft = aSale({ id: 'draft', status: 'draft' });
    const { sales } = await warmRig([aSale(), draft]);
    expect([await sales.findPublic('draft'), await sales.publicView('draft')]).toEqual([undefined, undefined]);
    expect(await sales.find('draft')).toEqual(draft);
    // It is in memory now.
    expect([await sales.findPublic('draft'), await sales.publicView('draft')]).toEqual([undefined, undefined]);
  });

  it('is found as soon as the sale is published, by whatever process', async () => {
    const { sales, catalogue } = await warmRig();
    expect(await sales.findPublic('new')).toBeUndefined();
    await catalogue.addSale(aSale({ id: 'new' }));
    expect(await sales.findPublic('new')).toEqual(aSale({ id: 'new' }));
  });

  it('is not answered from a look that began before', async () => {
    const { sales, catalogue, hooks } = await warmRig();
    const gate = deferred();
    hooks.revision = async (proceed) => {
      const revision = await proceed();
      await gate.promise;
      return revision;
    };
    const early = sales.findPublic('new');
    await catalogue.addSale(aSale({ id: 'new' }));
    const late = sales.findPublic('new');
    gate.resolve();
    expect(await early).toBeUndefined();
    expect(await late).toEqual(aSale({ id: 'new' }));
  });

  it('is an error while the catalogue is unavailable, and public sales are found', async () => {
    const { sales, clock, hooks } = await warmRig();
    hooks.revision = () => Promise.reject(UNAVAILABLE);
    await expect(sales.findPublic('no')).rejects.toBe(UNAVAILABLE);
    await expect(sales.publicView('no')).rejects.toBe(UNAVAILABLE);
    clock.advance(60 * SALE_TTL_MS);
    expect(await sales.findPublic('sale-1')).toEqual(aSale());
  });

  it('is read from the catalogue until the public sales are known', async () => {
    const { sales, asked } = await rig();
    expect(sales.mayBePublic('no')).toBe(true);
    expect(await sales.findPublic('no')).toBeUndefined();
    expect(asked.sale).toEqual(['no']);
  });
});

describe('the public sales as a catalogue', () => {
  it('come page by page from memory, brought up to date first', async () => {
    const { sales, catalogue, asked } = await warmRig([aSale({ id: 'a' }), aSale({ id: 'b' })]);
    const reads = asked.sales.length;
    const query = { includeDrafts: false, limit: 2 };
    expect((await sales.published.sales(query)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(asked.sales).toHaveLength(reads);
    await catalogue.addSale(aSale({ id: 'c' }));
    expect((await sales.published.sales({ ...query, limit: 3 })).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect((await sales.published.sales({ ...query, after: 'b' })).map(({ id }) => id)).toEqual(['c']);
  });
});
