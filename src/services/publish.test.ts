import { describe, expect, it } from 'vitest';
import { AWAY, DRAFT, publishRig as rig } from '../../test/support/publish-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import type { Sale } from '../domain/sale.ts';
import { closeSale } from './close-sale.ts';
import { publishSale, resumePublishing } from './publish.ts';

describe('publishing', () => {
  it('loads the tickets before buyers see the sale, and behind a status that nobody changes', async () => {
    const { ports, statuses, hooks, memory, queue, told, forgotten } = rig();
    const seen: unknown[] = [];
    hooks.load = async () => void seen.push((await memory.sale('sale-1'))?.status);
    const outcome = await publishSale('sale-1', ports);
    expect(outcome).toEqual({ kind: 'published', sale: aSale({ version: 3 }) });
    expect(await memory.sale('sale-1')).toEqual(aSale({ version: 3 }));
    expect([seen, statuses]).toEqual([['publishing'], ['publishing', 'published']]);
    expect((await queue.stock('sale-1'))?.remaining).toBe(10);
    expect([told, forgotten]).toEqual([[{ type: 'sale', saleId: 'sale-1' }], ['sale-1']]);
  });

  it('again changes nothing, even after its end', async () => {
    const { ports, buy, queue, clock } = rig();
    const first = await publishSale('sale-1', ports);
    await buy('ann');
    clock.advance(3_600_000);
    expect(await publishSale('sale-1', ports)).toEqual(first);
    expect((await queue.stock('sale-1'))?.remaining).toBe(9);
  });

  it('makes sure that nobody has sold of it before it loads: held up in between, it loads nothing', async () => {
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

  it('loads in the incarnation of the queue in which it made sure', async () => {
    const { ports } = rig();
    const lives: unknown[] = [];
    const load = async (_sale: Sale, life?: string) => void lives.push(life);
    await publishSale('sale-1', { ...ports, queue: { incarnation: async () => 'this incarnation', load } });
    expect(lives).toEqual(['this incarnation']);
  });

  it('by many at once gives all the same answer and loads the tickets once', async () => {
    const { ports, queue, statuses } = rig();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => publishSale('sale-1', ports)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(outcomes[0]?.kind).toBe('published');
    expect(statuses).toEqual(['publishing', 'published']);
    expect((await queue.stock('sale-1'))?.remaining).toBe(10);
  });

  it('takes over what somebody changed at the last moment', async () => {
    const { ports, hooks, memory, queue } = rig();
    hooks.save = async () => {
      hooks.save = async () => {};
      await memory.saveSale({ ...DRAFT, total: 25, version: 2 });
    };
    expect(await publishSale('sale-1', ports)).toMatchObject({ kind: 'published', sale: { total: 25, version: 4 } });
    expect((await queue.stock('sale-1'))?.remaining).toBe(25);
  });

  it('that was closed by somebody else before it was told so says closed', async () => {
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
    ['a draft whose time is over', [aSale({ status: 'draft', closesAt: Date.UTC(2030, 0, 1) })], 'ended'],
  ] as const)('of %s is refused and changes nothing', async (_what, stored, kind) => {
    const { ports, statuses, told, queue } = rig(stored);
    expect(await publishSale('sale-1', ports)).toEqual({ kind });
    expect([statuses, told, await queue.stock('sale-1')]).toEqual([[], [], undefined]);
  });

  it('gives up when others never stop changing the sale', async () => {
    const { ports, hooks, memory } = rig();
    hooks.save = async ({ version }) => void (await memory.saveSale({ ...DRAFT, version }));
    await expect(publishSale('sale-1', ports)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a publisher that dies', () => {
  it.each([
    ['before the tickets are loaded', 'load'],
    ['after the tickets are loaded', 'save'],
  ] as const)('%s leaves a sale that nobody sees or changes, and the next one finishes it', async (_when, step) => {
    const { ports, hooks, memory, queue } = rig();
    hooks.load = async () => {
      if (step === 'load') throw AWAY;
    };
    hooks.save = async ({ status }) => {
      if (step === 'save' && status === 'published') throw AWAY;
    };
    await expect(publishSale('sale-1', ports)).rejects.toBe(AWAY);
    expect((await memory.sale('sale-1'))?.status).toBe('publishing');
    hooks.load = async () => {};
    hooks.save = async () => {};
    expect(await publishSale('sale-1', ports)).toMatchObject({ kind: 'published', sale: { version: 3 } });
    expect((await queue.stock('sale-1'))?.remaining).toBe(10);
  });

  it('is succeeded by the scheduler, for whom one sale’s trouble is no other’s, and no draft is ready', async () => {
    const stuck = (id: string) => aSale({ id, status: 'publishing', version: 2, closesAt: Date.UTC(2029, 0, 1) });
    const { ports, hooks, memory, told } = rig([DRAFT, stuck('a'), stuck('b'), stuck('c'), aSale({ id: 'd' })]);
    hooks.load = async ({ id }) => {
      if (id === 'b') throw AWAY;
    };
    expect(await resumePublishing(ports)).toEqual([{ saleId: 'a' }, { saleId: 'b', fault: AWAY }, { saleId: 'c' }]);
    const statuses = (await memory.sales({ limit: 9, includeDrafts: true })).map(({ id, status }) => [id, status]);
    expect(Object.fromEntries(statuses)).toEqual({
      a: 'published',
      b: 'publishing',
      c: 'published',
      d: 'published',
      'sale-1': 'draft',
    });
    expect(told).toEqual([
      { type: 'sale', saleId: 'a' },
      { type: 'sale', saleId: 'c' },
    ]);
  });
});
