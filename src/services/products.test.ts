import { describe, expect, it } from 'vitest';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { aSale } from '../../test/support/sales.ts';
import { Products } from './products.ts';

const MUG = { name: 'Mug', description: 'Blue.', imageUrl: 'https://example.com/mug.png' };

function rig() {
  let made = 0;
  const catalogue = new MemoryCatalogue([aSale({ productId: 'product_2' })]);
  const newId = () => {
    made += 1;
    return String(Math.ceil(made / 2));
  };
  const products = new Products({ catalogue, newId });
  return { catalogue, products };
}

describe('products', () => {
  it('get unique ids', async () => {
    // This source makes each id twice.
    const { products } = rig();
    const ids = [await products.create(MUG), await products.create(MUG)].map(({ id }) => id);
    expect(ids).toEqual(['product_1', 'product_2']);
    expect(await products.find('product_1')).toEqual({ id: 'product_1', ...MUG, version: 1 });
  });

  it('are listed completely, page by page', async () => {
    const { products } = rig();
    for (let n = 0; n < 3; n += 1) await products.create(MUG);
    const first = await products.list({ limit: 2 });
    expect([first.items.map(({ id }) => id), first.next]).toEqual([['product_1', 'product_2'], 'product_2']);
    const second = await products.list({ limit: 2, after: 'product_2' });
    expect([second.items.map(({ id }) => id), second.next]).toEqual([['product_3'], undefined]);
  });

  it('are changed in the named fields only', async () => {
    const { products } = rig();
    const { id } = await products.create(MUG);
    expect(await products.change(id, { name: 'Cup' })).toEqual({
      kind: 'changed',
      product: { id, ...MUG, name: 'Cup', version: 2 },
    });
    const { imageUrl: _, ...bare } = MUG;
    expect(await products.change(id, { imageUrl: null })).toStrictEqual({
      kind: 'changed',
      product: { id, ...bare, name: 'Cup', version: 3 },
    });
    expect(await products.change('product_9', { name: 'Cup' })).toEqual({ kind: 'unknown' });
  });

  it('are changed only in the expected version; of two concurrent changes of it one is stale', async () => {
    const { products } = rig();
    const { id } = await products.create(MUG);
    const both = await Promise.all([products.change(id, { name: 'A' }, [1]), products.change(id, { name: 'B' }, [1])]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['changed', 'stale']);
    expect(await products.change(id, { name: 'C' }, [3])).toEqual({ kind: 'stale' });
  });

  it('get both of two concurrent changes without an expected version', async () => {
    const { products } = rig();
    const { id } = await products.create(MUG);
    await Promise.all([products.change(id, { name: 'A' }), products.change(id, { description: 'B' })]);
    expect(await products.find(id)).toMatchObject({ name: 'A', description: 'B', version: 3 });
  });

  it('are removed unless a sale is of them', async () => {
    const { products } = rig();
    for (let n = 0; n < 2; n += 1) await products.create(MUG);
    expect(await products.remove('product_1')).toBe('removed');
    expect(await products.remove('product_1')).toBe('unknown');
    expect(await products.remove('product_2')).toBe('inUse');
  });
});
