import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalogue, SaleChange } from '../../../src/ports/catalogue.ts';
import { awkwardSale } from '../../support/awkward-sale.ts';
import type { CatalogueHarness } from './harness.ts';
import { awkwardProduct, catalogueProductContract } from './products.ts';

/** Enough for two concurrent saves to collide. */
const RACES = 50;

/** The contract of every catalogue. `open` creates an empty one. */
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
      expect(await catalogue.products({ limit: 200 })).toEqual([]);
      expect(await catalogue.product('nothing')).toBeUndefined();
    });

    test('returns a sale exactly as it was added', async () => {
      const sale = awkwardSale({ id: 'exact' });
      const { imageUrl: _, ...bare } = awkwardSale({ id: 'bare', description: '' });
      expect(await catalogue.addSale(sale)).toBe(true);
      expect(await catalogue.addSale(bare)).toBe(true);
      expect(await catalogue.sale('exact')).toStrictEqual(sale);
      expect(await catalogue.sale('bare')).toStrictEqual(bare);
    });

    test('adds a sale once', async () => {
      const sale = awkwardSale({ id: 'once' });
      expect(await catalogue.addSale(sale)).toBe(true);
      expect(await catalogue.addSale({ ...sale, title: 'Another' })).toBe(false);
      expect(await catalogue.sale('once')).toStrictEqual(sale);
    });

    test('has another revision of its sales after each change, and only then', async () => {
      const revisions = [await catalogue.salesRevision()];
      await catalogue.addSale(awkwardSale({ id: 'revised', version: 1 }));
      revisions.push(await catalogue.salesRevision());
      await harness.other.saveSale(awkwardSale({ id: 'revised', version: 2, title: 'New' }));
      revisions.push(await catalogue.salesRevision());
      expect(revisions.toSorted((a, b) => a - b)).toEqual(revisions);
      expect(new Set(revisions).size).toBe(3);
      await catalogue.addSale(awkwardSale({ id: 'revised', version: 1 }));
      await harness.other.saveSale(awkwardSale({ id: 'revised', version: 2 }));
      await catalogue.addProduct(awkwardProduct({ id: 'revised' }));
      expect(await catalogue.salesRevision()).toBe(revisions.at(-1));
      expect(await harness.other.salesRevision()).toBe(revisions.at(-1));
    });

    test('saves a sale as a whole, over the version that it was made from', async () => {
      await catalogue.addSale(awkwardSale({ id: 'saved' }));
      const { imageUrl: _, ...next } = awkwardSale({
        id: 'saved',
        title: 'New',
        status: 'publishing',
        epoch: 7,
        version: 2,
      });
      expect(await catalogue.saveSale(next)).toBe(true);
      expect(await catalogue.sale('saved')).toStrictEqual(next);
      for (const version of [1, 2, 4]) {
        expect(await catalogue.saveSale(awkwardSale({ id: 'saved', title: 'Stale', version }))).toBe(false);
      }
      expect(await catalogue.sale('saved')).toStrictEqual(next);
    });

    test('keeps the history of a sale: with each change, or not at all', async () => {
      await catalogue.addSale(awkwardSale({ id: 'steered', version: 1 }));
      const made = (version: number, key?: string): SaleChange => ({
        action: 'paused',
        at: 1_900_000_000_000 + version,
        by: 'böß "1"',
        changes: [{ name: 'title', from: `${version}`, to: null }],
        ...(key === undefined ? {} : { key }),
      });
      for (const version of [2, 3]) {
        const sale = awkwardSale({ id: 'steered', version, status: 'paused' });
        expect(await harness.other.saveSale(sale, made(version, version === 3 ? 'K 1' : undefined))).toBe(true);
      }
      expect(await catalogue.saveSale(awkwardSale({ id: 'steered', version: 3 }), made(3, 'lost'))).toBe(false);
      expect(await catalogue.saveSale(awkwardSale({ id: 'steered', version: 4 }))).toBe(true);

      const history = (before?: number, limit = 200) =>
        catalogue.saleHistory({ saleId: 'steered', limit, ...(before === undefined ? {} : { before }) });
      expect(await history()).toStrictEqual([
        { version: 3, ...made(3, 'K 1') },
        { version: 2, ...made(2) },
      ]);
      expect((await history(3)).map(({ version }) => version)).toEqual([2]);
      expect((await history(undefined, 1)).map(({ version }) => version)).toEqual([3]);
      expect(await catalogue.saleHistory({ saleId: 'other', limit: 9 })).toEqual([]);
      const keys = ['K 1', 'k 1', 'K 1 ', 'lost', ''];
      expect(await Promise.all(keys.map((key) => catalogue.saleChange('steered', key)))).toStrictEqual([
        { version: 3, ...made(3, 'K 1') },
        ...[undefined, undefined, undefined, undefined],
      ]);
      expect(await catalogue.saleChange('other', 'K 1')).toBeUndefined();
    });

    test('saves exactly one of two concurrent changes, with its own history', async () => {
      for (let race = 0; race < RACES; race += 1) {
        const id = `steer-race-${race}`;
        await catalogue.addSale(awkwardSale({ id, version: 1 }));
        const saved = await Promise.all(
          [catalogue, harness.other].map((one, n) =>
            one.saveSale(awkwardSale({ id, version: 2 }), { action: 'changed', at: n, by: `admin ${n}`, changes: [] }),
          ),
        );
        expect(saved.toSorted()).toEqual([false, true]);
        expect(await catalogue.saleHistory({ saleId: id, limit: 9 })).toMatchObject([
          { by: `admin ${saved.indexOf(true)}` },
        ]);
      }
    });

    test('removes a draft of the given version, once, and has another revision then', async () => {
      const who = { by: 'böß', at: 1_900_000_000_000 };
      const draft = awkwardSale({ id: 'removed', status: 'draft', version: 1, productId: 'freed' });
      await catalogue.addProduct(awkwardProduct({ id: 'freed' }));
      await catalogue.addSale(draft);
      const revisions = [await catalogue.salesRevision()];
      expect(await catalogue.removeDraft({ ...draft, version: 2 }, who)).toBe(false);
      expect(await catalogue.removeDraft({ ...draft, id: 'removed ' }, who)).toBe(false);
      expect(await catalogue.sale('removed')).toStrictEqual(draft);
      const removed = await Promise.all([catalogue, harness.other].map((one) => one.removeDraft(draft, who)));
      expect(removed.toSorted()).toEqual([false, true]);
      revisions.push(await harness.other.salesRevision());
      await catalogue.addSale(awkwardSale({ id: 'after-removed', version: 1 }));
      revisions.push(await harness.other.salesRevision());

      expect(new Set(revisions).size).toBe(3);
      expect(revisions.toSorted((a, b) => a - b)).toEqual(revisions);
      expect(await catalogue.sale('removed')).toBeUndefined();
      expect(await catalogue.saveSale({ ...draft, version: 2 })).toBe(false);
      expect(await catalogue.removeProduct('freed')).toBe('removed');
    });

    test('removes no sale that is not a draft', async () => {
      for (const status of ['publishing', 'published', 'paused', 'closed'] as const) {
        const sale = awkwardSale({ id: `kept-${status}`, status });
        await catalogue.addSale(sale);
        expect(await catalogue.removeDraft(sale, { by: 'b', at: 1 })).toBe(false);
        expect(await catalogue.sale(sale.id)).toStrictEqual(sale);
      }
    });

    test('saves no sale that was not added', async () => {
      expect(await catalogue.saveSale(awkwardSale({ id: 'never', version: 2 }))).toBe(false);
      expect(await catalogue.sale('never')).toBeUndefined();
    });

    test('adds or saves exactly one of two concurrent versions of a sale', async () => {
      for (let race = 0; race < RACES; race += 1) {
        const id = `race-${race}`;
        const versions = (version: number) =>
          [catalogue, harness.other].map((one, n) => ({ one, sale: awkwardSale({ id, version, title: `${n}` }) }));
        const added = await Promise.all(versions(1).map(({ one, sale }) => one.addSale(sale)));
        expect(added.toSorted()).toEqual([false, true]);
        expect((await catalogue.sale(id))?.title).toBe(String(added.indexOf(true)));
        const saved = await Promise.all(versions(2).map(({ one, sale }) => one.saveSale(sale)));
        expect(saved.toSorted()).toEqual([false, true]);
        expect(await catalogue.sale(id)).toMatchObject({ version: 2, title: String(saved.indexOf(true)) });
      }
    });

    test.each(['Exact', 'exact ', 'é', "' OR ''='", ''])('does not take %j for a known sale', async (id) => {
      await catalogue.addSale(awkwardSale({ id: 'exact' }));
      expect(await catalogue.sale(id)).toBeUndefined();
    });

    test('lists sales by id, in pages, and those that buyers may not see only on request', async () => {
      for (const [id, status] of [
        ['l-3', 'published'],
        ['l-1', 'closed'],
        ['l-4', 'published'],
        ['l-2', 'draft'],
        ['l-5', 'publishing'],
        ['l-6', 'paused'],
      ] as const) {
        await catalogue.addSale(awkwardSale({ id, status }));
      }
      const ids = async (query: { limit: number; includeDrafts: boolean }, after = 'l-') =>
        (await catalogue.sales({ ...query, after })).map(({ id }) => id).filter((id) => id.startsWith('l-'));
      expect(await ids({ limit: 200, includeDrafts: false })).toEqual(['l-1', 'l-3', 'l-4', 'l-6']);
      expect(await ids({ limit: 200, includeDrafts: true })).toEqual(['l-1', 'l-2', 'l-3', 'l-4', 'l-5', 'l-6']);
      expect(await ids({ limit: 2, includeDrafts: false })).toEqual(['l-1', 'l-3']);
      expect(await ids({ limit: 2, includeDrafts: false }, 'l-3')).toEqual(['l-4', 'l-6']);
    });

    test('lists only sales that close after a given time', async () => {
      for (const closesAt of [2_000_000_000_000, 2_000_000_000_001, 2_000_000_000_002]) {
        await catalogue.addSale(awkwardSale({ id: `ends-${closesAt}`, closesAt }));
      }
      const later = await catalogue.sales({ limit: 200, includeDrafts: false, endsAfter: 2_000_000_000_000 });
      expect(later.map(({ id }) => id)).toEqual(['ends-2000000000001', 'ends-2000000000002']);
    });

    catalogueProductContract(() => harness, RACES);

    test('removes a product unless a sale of any status sells it', async () => {
      for (const status of ['draft', 'publishing', 'published', 'paused', 'closed'] as const) {
        const productId = `sold-${status}`;
        await catalogue.addProduct(awkwardProduct({ id: productId }));
        await catalogue.addSale(awkwardSale({ id: `sells-${status}`, productId, status }));
        expect(await catalogue.removeProduct(productId)).toBe('inUse');
        expect(await catalogue.product(productId)).toBeDefined();
      }
      await catalogue.addProduct(awkwardProduct({ id: 'unsold' }));
      expect(await catalogue.removeProduct('unsold ')).toBe('unknown');
      expect(await catalogue.removeProduct('unsold')).toBe('removed');
      expect(await catalogue.product('unsold')).toBeUndefined();
      expect(await catalogue.removeProduct('unsold')).toBe('unknown');
    });
  });
}
