import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';
import type { Sale, SaleStatus } from '../domain/sale.ts';
import type { NewsItem } from '../ports/news.ts';
import { closeSale } from './close-sale.ts';
import { publishSale, putOnSale, resumePublishing } from './publish.ts';

const AWAY = new Fault('unavailable', 'away');
const DRAFT = aSale({ status: 'draft' });

function rig(stored: readonly Sale[] = [DRAFT]) {
  const clock = new ManualClock();
  const memory = new MemoryCatalogue(stored);
  const queue = new MemoryTicketQueue(clock.now);
  const told: NewsItem[] = [];
  const forgotten: string[] = [];
  const statuses: SaleStatus[] = [];
  /** Run before each save, and before each load. */
  const hooks = { save: async (_sale: Sale) => {}, load: async (_sale: Pick<Sale, 'id'>) => {}, close: async () => {} };
  const ports = {
    clock,
    catalogue: {
      sale: (id: string) => memory.sale(id),
      sales: memory.sales.bind(memory),
      addSale: (sale: Sale) => memory.addSale(sale),
      saveSale: async (sale: Sale) => {
        await hooks.save(sale);
        const saved = await memory.saveSale(sale);
        if (saved) statuses.push(sale.status);
        return saved;
      },
    },
    queue: {
      load: async (sale: Sale) => {
        await hooks.load(sale);
        await queue.load(sale);
      },
      close: async (saleId: string, epoch: number) => {
        await hooks.close();
        await queue.close(saleId, epoch);
      },
    },
    news: { tell: (item: NewsItem) => void told.push(item) },
    sales: { forget: (saleId: string) => void forgotten.push(saleId) },
  };
  const buy = async (userId: string) => {
    const reply = await queue.reserve('sale-1', 1, [{ orderId: userId, userId, key: `o:${userId}`, fingerprint: '' }]);
    return reply.kind === 'answered' ? reply.answers[0]?.kind : reply.kind;
  };
  return { clock, memory, queue, told, forgotten, statuses, hooks, ports, buy };
}

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
        life: async (saleId: string) => {
          // Another process publishes meanwhile.
          await publishSale(saleId, others);
          return 'this life';
        },
        load: async (...args: unknown[]) => void loads.push(args),
      },
    };
    expect(await publishSale('sale-1', slow)).toMatchObject({ kind: 'published', sale: { version: 3 } });
    expect(loads).toEqual([]);
    expect((await memory.sale('sale-1'))?.status).toBe('published');
  });

  it('loads in the life of the queue in which it made sure', async () => {
    const { ports } = rig();
    const lives: unknown[] = [];
    const load = async (_sale: Sale, life?: string) => void lives.push(life);
    await publishSale('sale-1', { ...ports, queue: { life: async () => 'this life', load } });
    expect(lives).toEqual(['this life']);
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

  it('of a draft of one’s own adds it first, and is done once however often it is asked', async () => {
    const { ports, queue } = rig([]);
    expect(await putOnSale(DRAFT, ports)).toEqual(await putOnSale(DRAFT, ports));
    expect((await queue.stock('sale-1'))?.remaining).toBe(10);
    const over = { ...DRAFT, id: 'over', closesAt: 0 };
    await expect(putOnSale(over, ports)).rejects.toThrow('ended');
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

describe('closing', () => {
  it('shuts the queue’s gate first, then the catalogue, and tells', async () => {
    const { ports, hooks, buy, memory, told, forgotten } = rig();
    await publishSale('sale-1', ports);
    told.length = 0;
    hooks.save = async () => expect(await buy('bob')).toBe('closed');
    expect(await closeSale('sale-1', ports)).toEqual({
      kind: 'closed',
      sale: aSale({ status: 'closed', version: 4 }),
    });
    expect((await memory.sale('sale-1'))?.status).toBe('closed');
    expect([told, forgotten.at(-1)]).toEqual([[{ type: 'sale', saleId: 'sale-1' }], 'sale-1']);
  });

  it('again, or by two at once, is the same answer', async () => {
    const { ports, statuses } = rig();
    await publishSale('sale-1', ports);
    const outcomes = await Promise.all([closeSale('sale-1', ports), closeSale('sale-1', ports)]);
    outcomes.push(await closeSale('sale-1', ports));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(statuses).toEqual(['publishing', 'published', 'closed']);
  });

  it('that was cut off sells nothing more, and is finished by the next try', async () => {
    const { ports, hooks, buy } = rig();
    await publishSale('sale-1', ports);
    hooks.save = () => Promise.reject(AWAY);
    await expect(closeSale('sale-1', ports)).rejects.toBe(AWAY);
    expect(await buy('ann')).toBe('closed');
    hooks.save = async () => {};
    expect((await closeSale('sale-1', ports)).kind).toBe('closed');
  });

  it('reaches the queue of the epoch that a recovery raised meanwhile', async () => {
    const { ports, hooks, queue, memory, buy } = rig();
    await publishSale('sale-1', ports);
    hooks.save = async () => {
      hooks.save = async () => {};
      await memory.saveSale(aSale({ epoch: 2, version: 4 }));
    };
    hooks.close = async () => {
      hooks.close = async () => {};
      queue.raiseEpoch('sale-1');
    };
    expect(await closeSale('sale-1', ports)).toMatchObject({ kind: 'closed', sale: { epoch: 2, version: 5 } });
    const item = { orderId: 'o', userId: 'u', key: 'k:1', fingerprint: '' };
    expect(await queue.reserve('sale-1', 2, [item])).toMatchObject({ answers: [{ kind: 'closed' }] });
    expect(await buy('ann')).toBe('stale');
  });

  it.each([
    ['nothing', [], 'unknown'],
    ['a draft', [DRAFT], 'notPublished'],
    ['a sale that is being published', [aSale({ status: 'publishing' })], 'notPublished'],
  ] as const)('of %s is refused and changes nothing', async (_what, stored, kind) => {
    const { ports, statuses, told } = rig(stored);
    expect(await closeSale('sale-1', ports)).toEqual({ kind });
    expect([statuses, told]).toEqual([[], []]);
  });
});
