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
  it('get an id that nobody has', async () => {
    // Each id is made twice by this source.
    const { products } = rig();
    const ids = [await products.create(MUG), await products.create(MUG)].map(({ id }) => id);
    expect(ids).toEqual(['product_1', 'product_2']);
    expect(await products.find('product_1')).toEqual({ id: 'product_1', ...MUG, version: 1 });
  });

  it('come in pages that together are all', async () => {
    const { products } = rig();
    for (let n = 0; n < 3; n += 1) await products.create(MUG);
    const first = await products.list({ limit: 2 });
    expect([first.items.map(({ id }) => id), first.next]).toEqual([['product_1', 'product_2'], 'product_2']);
    const second = await products.list({ limit: 2, after: 'product_2' });
    expect([second.items.map(({ id }) => id), second.next]).toEqual([['product_3'], undefined]);
  });

  it('are changed in what is named, and nothing else', async () => {
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

  it('are changed over the expected version only; of two who expect the same, one is told', async () => {
    const { products } = rig();
    const { id } = await products.create(MUG);
    const both = await Promise.all([products.change(id, { name: 'A' }, 1), products.change(id, { name: 'B' }, 1)]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['changed', 'stale']);
    expect(await products.change(id, { name: 'C' }, 3)).toEqual({ kind: 'stale' });
  });

  it('take both changes of two who expect nothing', async () => {
    const { products } = rig();
    const { id } = await products.create(MUG);
    await Promise.all([products.change(id, { name: 'A' }), products.change(id, { description: 'B' })]);
    expect(await products.find(id)).toMatchObject({ name: 'A', description: 'B', version: 3 });
  });

  it('are removed unless a sale sells them', async () => {
    const { products } = rig();
    for (let n = 0; n < 2; n += 1) await products.create(MUG);
    expect(await products.remove('product_1')).toBe('removed');
    expect(await products.remove('product_1')).toBe('unknown');
    expect(await products.remove('product_2')).toBe('inUse');
  });
});
