import { describe, expect, it } from 'vitest';
import { DRAFT, publishRig as rig, UNAVAILABLE } from '../../test/support/publish-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import type { Sale } from '../domain/sale.ts';
import { closeSale } from './close-sale.ts';
import { publishSale, resumePublishing } from './publish.ts';

describe('publishing', () => {
  it('loads the tickets before buyers see the sale, and while it can’t be changed', async () => {
    const { ports, statuses, hooks, memory, queue, published, forgotten } = rig();
    const seen: unknown[] = [];
    hooks.load = async () => void seen.push((await memory.sale('sale-1'))?.status);
    const outcome = await publishSale('sale-1', ports);
    expect(outcome).toEqual({ kind: 'published', sale: aSale({ version: 3 }) });
    expect(await memory.sale('sale-1')).toEqual(aSale({ version: 3 }));
    expect([seen, statuses]).toEqual([['publishing'], ['publishing', 'published']]);
    expect((await queue.stock('sale-1'))?.remaining).toBe(10);
    expect([published, forgotten]).toEqual([[{ type: 'sale', saleId: 'sale-1' }], ['sale-1']]);
  });

  it('is idempotent, even after the sale’s end', async () => {
    const { ports, buy, queue, clock } = rig();
    const first = await publishSale('sale-1', ports);
    await buy('ann');
    clock.advance(3_600_000);
    expect(await publishSale('sale-1', ports)).toEqual(first);
    expect((await queue.stock('sale-1'))?.remaining).toBe(9);
  });

  it('verifies that the sale is unsold before it loads: delayed in between, it loads nothing', async () => {
    const { ports, memory, queue } = rig();
    const loads: unknown[] = [];
    const others = { ...ports, queue: { load: (sale: Sale) => queue.load(sale) } };
    const slow = {
      ...ports,
      queue: {
        incarnation: async (saleId: string) => {
          // Another process publishes meanwhile.
          await publishSale(saleId, others);
          return 'this incarnation';
        },
        load: async (...args: unknown[]) => void loads.push(args),
      },
    };
    expect(await publishSale('sale-1', slow)).toMatchObject({ kind: 'published', sale: { version: 3 } });
    expect(loads).toEqual([]);
    expect((await memory.sale('sale-1'))?.status).toBe('published');
  });

  it('loads in the incarnation of the queue that it has verified', async () => {
    const { ports } = rig();
    const incarnations: unknown[] = [];
    const load = async (_sale: Sale, incarnation?: string) => void incarnations.push(incarnation);
    await publishSale('sale-1', { ...ports, queue: { incarnation: async () => 'this incarnation', load } });
    expect(incarnations).toEqual(['this incarnation']);
  });

  it('gives all concurrent calls the same answer and loads the tickets once', async () => {
    const { ports, queue, statuses } = rig();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => publishSale('sale-1', ports)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(outcomes[0]?.kind).toBe('published');
    expect(statuses).toEqual(['publishing', 'published']);
    expect((await queue.stock('sale-1'))?.remaining).toBe(10);
  });

  it('uses a change that was saved at the last moment', async () => {
    const { ports, hooks, memory, queue } = rig();
    hooks.save = async () => {
      hooks.save = async () => {};
      await memory.saveSale({ ...DRAFT, total: 25, version: 2 });
    };
    expect(await publishSale('sale-1', ports)).toMatchObject({ kind: 'published', sale: { total: 25, version: 4 } });
    expect((await queue.stock('sale-1'))?.remaining).toBe(25);
  });

  it('returns closed when the sale was closed in the meantime', async () => {
    const { ports, hooks, memory } = rig();
    hooks.save = async ({ status, version }) => {
      if (status !== 'published') return;
      hooks.save = async () => {};
      await memory.saveSale(aSale({ version }));
      await closeSale('sale-1', ports);
    };
    expect(await publishSale('sale-1', ports)).toEqual({ kind: 'closed' });
  });

  it.each([
    ['nothing', [], 'unknown'],
    ['a closed sale', [aSale({ status: 'closed' })], 'closed'],
    ['a draft whose closing time has passed', [aSale({ status: 'draft', closesAt: Date.UTC(2030, 0, 1) })], 'ended'],
  ] as const)('of %s is refused and changes nothing', async (_what, stored, kind) => {
    const { ports, statuses, published, queue } = rig(stored);
    expect(await publishSale('sale-1', ports)).toEqual({ kind });
    expect([statuses, published, await queue.stock('sale-1')]).toEqual([[], [], undefined]);
  });

  it('gives up when other writers never stop changing the sale', async () => {
    const { ports, hooks, memory } = rig();
    hooks.save = async ({ version }) => void (await memory.saveSale({ ...DRAFT, version }));
    await expect(publishSale('sale-1', ports)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a publisher that crashes', () => {
  it.each([
    ['before the tickets are loaded', 'load'],
    ['after the tickets are loaded', 'save'],
  ] as const)('%s leaves a sale that can’t be seen or changed, and the next one finishes it', async (_when, step) => {
    const { ports, hooks, memory, queue } = rig();
    hooks.load = async () => {
      if (step === 'load') throw UNAVAILABLE;
    };
    hooks.save = async ({ status }) => {
      if (step === 'save' && status === 'published') throw UNAVAILABLE;
    };
    await expect(publishSale('sale-1', ports)).rejects.toBe(UNAVAILABLE);
    expect((await memory.sale('sale-1'))?.status).toBe('publishing');
    hooks.load = async () => {};
    hooks.save = async () => {};
    expect(await publishSale('sale-1', ports)).toMatchObject({ kind: 'published', sale: { version: 3 } });
    expect((await queue.stock('sale-1'))?.remaining).toBe(10);
  });

  it('is succeeded by the scheduler, which continues after a failure and leaves drafts unpublished', async () => {
    const stuck = (id: string) => aSale({ id, status: 'publishing', version: 2, closesAt: Date.UTC(2029, 0, 1) });
    const { ports, hooks, memory, published } = rig([DRAFT, stuck('a'), stuck('b'), stuck('c'), aSale({ id: 'd' })]);
    hooks.load = async ({ id }) => {
      if (id === 'b') throw UNAVAILABLE;
    };
    expect(await resumePublishing(ports)).toEqual([
      { saleId: 'a' },
      { saleId: 'b', fault: UNAVAILABLE },
      { saleId: 'c' },
    ]);
    const statuses = (await memory.sales({ limit: 9, includeDrafts: true })).map(({ id, status }) => [id, status]);
    expect(Object.fromEntries(statuses)).toEqual({
      a: 'published',
      b: 'publishing',
      c: 'published',
      d: 'published',
      'sale-1': 'draft',
    });
    expect(published).toEqual([
      { type: 'sale', saleId: 'a' },
      { type: 'sale', saleId: 'c' },
    ]);
  });
});
