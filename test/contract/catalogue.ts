import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalogue } from '../../src/ports/catalogue.ts';
import { awkwardSale } from '../support/awkward-sale.ts';

export interface CatalogueHarness {
  readonly catalogue: Catalogue;
  close(): Promise<void>;
}

/** What every catalogue must do. `open` makes an empty one. */
export function catalogueContract(name: string, open: () => Promise<CatalogueHarness>): void {
  describe(`catalogue: ${name}`, () => {
    let harness: CatalogueHarness;
    let catalogue: Catalogue;

    beforeAll(async () => {
      harness = await open();
      catalogue = harness.catalogue;
    });
    afterAll(async () => harness?.close());

    test('is empty at first', async () => {
      expect(await catalogue.sales({ limit: 200, includeDrafts: true })).toEqual([]);
      expect(await catalogue.sale('nothing')).toBeUndefined();
    });

    test('gives a sale back exactly as it was put', async () => {
      const sale = awkwardSale({ id: 'exact' });
      const { imageUrl: _, ...bare } = awkwardSale({ id: 'bare', description: '' });
      await catalogue.putSale(sale);
      await catalogue.putSale(bare);
      expect(await catalogue.sale('exact')).toStrictEqual(sale);
      expect(await catalogue.sale('bare')).toStrictEqual(bare);
    });

    test('replaces a sale as a whole', async () => {
      await catalogue.putSale(awkwardSale({ id: 'replaced' }));
      const { imageUrl: _, ...next } = awkwardSale({
        id: 'replaced',
        title: 'New',
        status: 'closed',
        epoch: 7,
        version: 2,
      });
      await catalogue.putSale(next);
      expect(await catalogue.sale('replaced')).toStrictEqual(next);
    });

    test.each(['Exact', 'exact ', 'é', "' OR ''='", ''])('takes %j for no sale that it knows', async (id) => {
      await catalogue.putSale(awkwardSale({ id: 'exact' }));
      expect(await catalogue.sale(id)).toBeUndefined();
    });

    test('lists sales by id, in pages, and drafts only when asked', async () => {
      for (const [id, status] of [
        ['l-3', 'published'],
        ['l-1', 'closed'],
        ['l-4', 'published'],
        ['l-2', 'draft'],
      ] as const) {
        await catalogue.putSale(awkwardSale({ id, status }));
      }
      const ids = async (query: { limit: number; includeDrafts: boolean }, after = 'l-') =>
        (await catalogue.sales({ ...query, after })).map(({ id }) => id).filter((id) => id.startsWith('l-'));
      expect(await ids({ limit: 200, includeDrafts: false })).toEqual(['l-1', 'l-3', 'l-4']);
      expect(await ids({ limit: 200, includeDrafts: true })).toEqual(['l-1', 'l-2', 'l-3', 'l-4']);
      expect(await ids({ limit: 2, includeDrafts: false })).toEqual(['l-1', 'l-3']);
      expect(await ids({ limit: 2, includeDrafts: false }, 'l-3')).toEqual(['l-4']);
    });

    test('takes a product, and takes it again', async () => {
      await catalogue.putProduct({ id: 'p', name: 'One', description: '' });
      await expect(
        catalogue.putProduct({ id: 'p', name: 'Two', description: 'x', imageUrl: 'y' }),
      ).resolves.toBeUndefined();
    });
  });
}
