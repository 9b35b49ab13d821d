import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryOrderStore } from '../../test/support/fakes/memory-order-store.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import type { BusEvent } from '../ports/event-bus.ts';
import { SaleAdmin, type SaleSettings } from './sale-admin.ts';

const MUG = { id: 'mug', name: 'Mug', description: 'Blue.', imageUrl: 'https://example.com/mug.png', version: 1 };
const CUP = { id: 'cup', name: 'Cup', description: 'Red.', version: 1 };
const SETTINGS: SaleSettings = {
  productId: 'mug',
  title: 'Mugs',
  price: { amount: 100, currency: 'EUR' },
  total: 5,
  perBuyerLimit: 2,
  opensAt: Date.UTC(2030, 0, 2),
  closesAt: Date.UTC(2030, 0, 3),
  payWithinSeconds: 60,
};

function rig() {
  let made = 0;
  const clock = new ManualClock();
  const catalogue = new MemoryCatalogue([], [MUG, CUP]);
  const queue = new MemoryTicketQueue(clock.now);
  const published: BusEvent[] = [];
  const admin = new SaleAdmin({
    catalogue,
    queue,
    auditSources: { queue: queue.auditSource },
    store: new MemoryOrderStore(),
    clock,
    events: { publish: (event) => void published.push(event) },
    newId: () => {
      made += 1;
      return String(Math.ceil(made / 2));
    },
  });
  const draft = async (changes: Partial<SaleSettings> = {}) => {
    const outcome = await admin.create({ ...SETTINGS, ...changes });
    if (outcome.kind !== 'created') throw new Error(JSON.stringify(outcome));
    return outcome.sale;
  };
  return { admin, catalogue, published, draft };
}

describe('a new sale', () => {
  it('is a draft with a unique id and the texts of its product', async () => {
    // This source makes each id twice.
    const { draft, catalogue, published } = rig();
    const sales = [await draft(), await draft({ productId: 'cup' })];
    const made = { status: 'draft', epoch: 1, version: 1 };
    expect(sales).toStrictEqual([
      { ...SETTINGS, id: 'sale_1', description: MUG.description, imageUrl: MUG.imageUrl, ...made },
      { ...SETTINGS, id: 'sale_2', productId: 'cup', description: CUP.description, ...made },
    ]);
    expect(await catalogue.sale('sale_1')).toEqual(sales[0]);
    expect(published).toEqual(['sale_1', 'sale_2'].map((saleId) => ({ type: 'sale', saleId })));
  });

  it('keeps its own texts', async () => {
    const { admin } = rig();
    const own = { description: '', imageUrl: 'https://example.com/own.png' };
    expect(await admin.create({ ...SETTINGS, ...own })).toMatchObject({ kind: 'created', sale: own });
  });

  it.each([
    [Number.MAX_SAFE_INTEGER, 1, true],
    [Number.MAX_SAFE_INTEGER, 2, false],
    [9_007_199_254, 1_000_000, true],
    [9_007_199_255, 1_000_000, false],
  ])('at a price of %d for %d tickets: all of them must not cost more than 2^53', async (amount, total, accepted) => {
    const { admin, draft } = rig();
    const settings = { price: { amount, currency: 'JPY' }, total, perBuyerLimit: 1 };
    const outcome = await admin.create({ ...SETTINGS, ...settings });
    expect(outcome.kind).toBe(accepted ? 'created' : 'invalid');
    if (!accepted) expect(outcome).toMatchObject({ errors: [{ setting: 'price' }] });
    const { id } = await draft();
    expect((await admin.change(id, settings)).kind).toBe(accepted ? 'changed' : 'invalid');
  });

  it('is refused with all its errors', async () => {
    const { admin, published, catalogue } = rig();
    const { opensAt: closesAt } = SETTINGS;
    expect(await admin.create({ ...SETTINGS, productId: 'jug', perBuyerLimit: 6, closesAt })).toEqual({
      kind: 'invalid',
      errors: [
        { setting: 'productId', message: 'names no product' },
        { setting: 'perBuyerLimit', message: 'must not be more than total' },
        { setting: 'closesAt', message: 'must be later than opensAt' },
      ],
    });
    expect([published, await catalogue.sales({ limit: 9, includeDrafts: true })]).toEqual([[], []]);
  });
});

describe('a change', () => {
  it('applies to the named settings only', async () => {
    const { admin, draft, catalogue, published } = rig();
    const sale = await draft();
    published.length = 0;
    const { imageUrl: _, ...bare } = sale;
    const changes = { total: 9, imageUrl: null, productId: 'cup' };
    const changed = { ...bare, total: 9, productId: 'cup', version: 2 };
    expect(await admin.change(sale.id, changes)).toStrictEqual({ kind: 'changed', sale: changed });
    expect(await catalogue.sale(sale.id)).toStrictEqual(changed);
    expect(published).toEqual([{ type: 'sale', saleId: sale.id }]);
  });

  it('is validated together with the unchanged settings', async () => {
    const { admin, draft, catalogue } = rig();
    const sale = await draft();
    const errorOf = async (changes: Partial<SaleSettings>) => {
      const outcome = await admin.change(sale.id, changes);
      return outcome.kind === 'invalid' ? outcome.errors.map(({ setting }) => setting) : outcome.kind;
    };
    expect(await errorOf({ total: 1 })).toEqual(['perBuyerLimit']);
    expect(await errorOf({ opensAt: SETTINGS.closesAt })).toEqual(['closesAt']);
    expect(await errorOf({ productId: 'jug' })).toEqual(['productId']);
    expect(await catalogue.sale(sale.id)).toEqual(sale);
  });

  it('applies to the expected version only; of two concurrent changes of it one is stale', async () => {
    const { admin, draft } = rig();
    const { id } = await draft();
    const both = await Promise.all([
      admin.change(id, { total: 7 }, { expected: [1] }),
      admin.change(id, { total: 8 }, { expected: [1] }),
    ]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['changed', 'stale']);
    expect(await admin.change(id, { total: 9 }, { expected: [3] })).toEqual({ kind: 'stale' });
    expect(await admin.change(id, { total: 9 }, { expected: [2] })).toMatchObject({
      kind: 'changed',
      sale: { version: 3 },
    });
  });

  it('is not possible once the sale is published, or being published', async () => {
    const { admin, draft, catalogue } = rig();
    const { id, ...sale } = await draft();
    await catalogue.saveSale({ id, ...sale, status: 'publishing', version: 2 });
    expect(await admin.change(id, { total: 9 })).toEqual({ kind: 'notDraft' });
    await admin.publish(id);
    expect(await admin.change(id, { total: 9 }, { expected: [3] })).toEqual({ kind: 'notDraft' });
    await admin.close(id);
    expect(await admin.change(id, { total: 9 })).toEqual({ kind: 'notDraft' });
    expect(await admin.change('sale_9', { total: 9 })).toEqual({ kind: 'unknown' });
  });

  it('and a concurrent publication end in a consistent sale', async () => {
    for (let race = 0; race < 10; race += 1) {
      const { admin, draft, catalogue } = rig();
      const { id } = await draft();
      const calls = [() => admin.change(id, { total: 9 }), () => admin.publish(id)];
      const outcomes = await Promise.all((race % 2 === 0 ? calls : calls.reverse()).map((call) => call()));
      const changed = outcomes.some(({ kind }) => kind === 'changed');
      expect(outcomes.some(({ kind }) => kind === 'published')).toBe(true);
      expect(await catalogue.sale(id)).toMatchObject({ status: 'published', total: changed ? 9 : 5 });
    }
  });

  it('still works when the product of the draft was removed meanwhile', async () => {
    const { catalogue, admin, draft } = rig();
    const { id } = await draft();
    catalogue.product = async () => undefined;
    expect((await admin.change(id, { total: 9 })).kind).toBe('changed');
  });
});
