import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';
import type { Sale } from '../domain/sale.ts';
import type { SaleQuery } from '../ports/catalogue.ts';
import { everySale } from './every-sale.ts';
import { rememberedCatalogue } from './remembered-catalogue.ts';

const DAY = 24 * 3_600_000;

/** Counts what the catalogue is asked. */
function rig(sales: readonly Sale[]) {
  const clock = new ManualClock();
  const stored = new MemoryCatalogue(sales);
  const asked = { revisions: 0, pages: [] as SaleQuery[] };
  const hooks = { fault: undefined as Fault | undefined };
  const catalogue = {
    salesRevision: async () => {
      asked.revisions += 1;
      if (hooks.fault !== undefined) throw hooks.fault;
      return stored.salesRevision();
    },
    sales: async (query: SaleQuery) => {
      asked.pages.push(query);
      return stored.sales(query);
    },
  };
  return { clock, stored, asked, hooks, remembered: rememberedCatalogue({ catalogue, clock }) };
}

/** Of a sale that was saved once more. */
const changed = (sale: Sale, change: Partial<Sale>): Sale => ({ ...sale, ...change, version: sale.version + 1 });

describe('the remembered catalogue', () => {
  it('asks once a second, for any number of callers, and reads no sale again until one has changed', async () => {
    const sales = Array.from({ length: 450 }, (_, n) => aSale({ id: `sale-${n + 1000}` }));
    const { clock, stored, asked, remembered } = rig(sales);
    await Promise.all([remembered.all(), remembered.all(), remembered.salesRevision()]);
    expect([asked.revisions, asked.pages.length]).toEqual([1, 3]);
    for (let second = 0; second < 3600; second += 1) {
      clock.advance(999);
      await remembered.all();
      clock.advance(1);
      expect(await remembered.all()).toHaveLength(450);
    }
    expect([asked.revisions, asked.pages.length]).toEqual([3601, 3]);

    const closed = changed(sales[7] as Sale, { status: 'closed' });
    await stored.saveSale(closed);
    clock.advance(1000);
    expect(await remembered.all()).toContainEqual(closed);
  });

  it('reads the recent sales only when one has changed, and all of them within a minute', async () => {
    const old = aSale({ id: 'old', opensAt: 0, closesAt: 1 });
    const recent = aSale({ id: 'recent' });
    const { clock, stored, asked, remembered } = rig([old, recent]);
    await remembered.all();
    await stored.saveSale(changed(old, { status: 'closed' }));
    clock.advance(1000);
    expect(await remembered.all()).toEqual([old, recent]);
    expect(asked.pages.at(-1)).toMatchObject({ endsAfter: clock.now() - DAY });
    clock.advance(59_000);
    expect((await remembered.all())[0]?.status).toBe('closed');
  });

  it('answers queries as the catalogue does', async () => {
    const statuses = ['draft', 'publishing', 'published', 'closed'] as const;
    const sales = Array.from({ length: 40 }, (_, n) =>
      aSale({ id: `s${n + 10}`, status: statuses[n % 4] as Sale['status'], closesAt: 1000 + n }),
    );
    const { stored, remembered } = rig(sales);
    const queries = [{ includeDrafts: true }, { includeDrafts: false }]
      .flatMap((query) => [query, ...[0, 1019, 5000].map((endsAfter) => ({ ...query, endsAfter }))])
      .flatMap((query) => [1, 7, 200].map((limit) => ({ ...query, limit })))
      .flatMap((query) => [query, ...['', 's2', 's25', 's49', 'z'].map((after) => ({ ...query, after }))]);
    for (const query of queries) expect(await remembered.sales(query)).toEqual(await stored.sales(query));
    const all: Sale[] = [];
    for await (const sale of everySale(remembered, { includeDrafts: true })) all.push(sale);
    expect(all).toEqual(sales);
  });

  it('asks again after a fault, which the caller gets', async () => {
    const { hooks, remembered } = rig([aSale()]);
    hooks.fault = new Fault('unavailable', 'unreachable');
    await expect(remembered.all()).rejects.toBe(hooks.fault);
    await expect(remembered.salesRevision()).rejects.toBe(hooks.fault);
    hooks.fault = undefined;
    expect(await remembered.all()).toHaveLength(1);
  });
});
