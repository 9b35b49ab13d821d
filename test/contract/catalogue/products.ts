import { expect, test } from 'vitest';
import type { Product } from '../../../src/ports/catalogue.ts';
import type { CatalogueHarness } from './harness.ts';

export function awkwardProduct(parts: Partial<Product> & Pick<Product, 'id'>): Product {
  return {
    name: "Headphones “One” – 50 % o'ff",
    description: 'Line one\nline two \u{1F3A7}',
    imageUrl: "https://example.com/a.png?x=1&y='2'",
    version: 1,
    ...parts,
  };
}

export function catalogueProductContract(harness: () => CatalogueHarness, races: number): void {
  test('returns a product exactly as it was added, and adds it once', async () => {
    const { catalogue } = harness();
    const product = awkwardProduct({ id: 'p-exact' });
    const { imageUrl: _, ...bare } = awkwardProduct({ id: 'p-bare', description: '' });
    expect(await catalogue.addProduct(product)).toBe(true);
    expect(await catalogue.addProduct(bare)).toBe(true);
    expect(await catalogue.addProduct({ ...product, name: 'Another' })).toBe(false);
    expect(await catalogue.product('p-exact')).toStrictEqual(product);
    expect(await catalogue.product('p-bare')).toStrictEqual(bare);
    expect(await catalogue.product('P-exact')).toBeUndefined();
    expect(await catalogue.product('p-exact ')).toBeUndefined();
  });

  test('saves a product over the version that it was made from, and over no other', async () => {
    const { catalogue } = harness();
    await catalogue.addProduct(awkwardProduct({ id: 'p-saved' }));
    const { imageUrl: _, ...next } = awkwardProduct({ id: 'p-saved', name: 'New', version: 2 });
    expect(await catalogue.saveProduct(next)).toBe(true);
    for (const version of [1, 2, 4]) {
      expect(await catalogue.saveProduct(awkwardProduct({ id: 'p-saved', name: 'Stale', version }))).toBe(false);
    }
    expect(await catalogue.saveProduct(awkwardProduct({ id: 'p-never', version: 2 }))).toBe(false);
    expect(await catalogue.product('p-saved')).toStrictEqual(next);
  });

  test('lists products by id, in pages', async () => {
    const { catalogue } = harness();
    for (const id of ['pl-3', 'pl-1', 'pl-2']) await catalogue.addProduct(awkwardProduct({ id }));
    const ids = async (limit: number, after: string) =>
      (await catalogue.products({ limit, after })).map(({ id }) => id).filter((id) => id.startsWith('pl-'));
    expect(await ids(200, 'pl-')).toEqual(['pl-1', 'pl-2', 'pl-3']);
    expect(await ids(2, 'pl-')).toEqual(['pl-1', 'pl-2']);
    expect(await ids(2, 'pl-2')).toEqual(['pl-3']);
  });

  test('saves exactly one of two concurrent changes of a product', async () => {
    const { catalogue, other } = harness();
    await catalogue.addProduct(awkwardProduct({ id: 'p-race' }));
    for (let version = 2; version < 2 + races; version += 1) {
      const saved = await Promise.all(
        [catalogue, other].map((one, n) => one.saveProduct(awkwardProduct({ id: 'p-race', version, name: `${n}` }))),
      );
      expect(saved.toSorted()).toEqual([false, true]);
      expect(await catalogue.product('p-race')).toMatchObject({ version, name: String(saved.indexOf(true)) });
    }
  });
}
