import { describe, expect, it } from 'vitest';
import { publishRig, UNAVAILABLE } from '../../test/support/publish-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import type { Sale } from '../domain/sale.ts';
import type { ChangedSale } from '../ports/ticket-queue.ts';
import { applyChanges } from './apply-changes.ts';
import { closeSale } from './close-sale.ts';
import { publishSale } from './publish.ts';
import { addStock, extendSale, pauseSale, resumeSale } from './steer-sale.ts';

const BOSS = { by: 'boss' };
const AN_HOUR = 3_600_000;

/** A published sale of version 3; `hooks.update` is called before each update of the queue. */
async function rig(stored?: readonly Sale[]) {
  const base = publishRig(stored);
  if (stored === undefined) await publishSale('sale-1', base.ports);
  const hooks = { update: async (_sale: ChangedSale) => {} };
  const ports = {
    ...base.ports,
    catalogue: {
      ...base.ports.catalogue,
      saleChange: base.memory.saleChange.bind(base.memory),
    },
    queue: {
      ...base.ports.queue,
      update: async (sale: ChangedSale) => {
        await hooks.update(sale);
        return base.queue.update(sale);
      },
    },
  };
  const sales = async () => [(await base.memory.sale('sale-1')) as Sale];
  const finish = applyChanges({ queue: ports.queue, sales, clock: base.clock });
  const history = () => base.memory.saleHistory({ saleId: 'sale-1', limit: 10 });
  base.published.length = 0;
  return { ...base, hooks: Object.assign(base.hooks, hooks), updates: hooks, ports, finish, history };
}

describe('pausing', () => {
  it('stops the selling, is answered after the queue knows, and names the admin and the time', async () => {
    const { ports, buy, memory, published, history, clock, forgotten } = await rig();
    expect(await buy('ann')).toBe('reserved');
    expect(await pauseSale('sale-1', ports, BOSS)).toEqual({
      kind: 'changed',
      sale: aSale({ status: 'paused', version: 4 }),
    });
    expect(await buy('bob')).toBe('paused');
    expect((await memory.sale('sale-1'))?.status).toBe('paused');
    expect(await history()).toMatchObject([
      { action: 'paused', by: 'boss', at: clock.now(), version: 4, changes: [{ name: 'status', to: 'paused' }] },
    ]);
    expect([published.at(-1), forgotten.at(-1)]).toEqual([{ type: 'sale', saleId: 'sale-1' }, 'sale-1']);
  });

  it('and resuming change nothing when they are repeated, or run concurrently', async () => {
    const { ports, buy, history } = await rig();
    for (const [act, kind] of [
      [pauseSale, 'paused'],
      [resumeSale, 'reserved'],
    ] as const) {
      const outcomes = await Promise.all([act('sale-1', ports, BOSS), act('sale-1', ports, BOSS)]);
      outcomes.push(await act('sale-1', ports, BOSS));
      expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
      expect(await buy('bob')).toBe(kind);
    }
    expect((await history()).map(({ action }) => action)).toEqual(['resumed', 'paused']);
  });

  it('is made of the expected version, unless it is paused already', async () => {
    const { ports } = await rig();
    expect(await pauseSale('sale-1', ports, { ...BOSS, expected: [2] })).toEqual({ kind: 'stale' });
    expect((await pauseSale('sale-1', ports, { ...BOSS, expected: [3] })).kind).toBe('changed');
    expect((await pauseSale('sale-1', ports, { ...BOSS, expected: [3] })).kind).toBe('changed');
    expect(await resumeSale('sale-1', ports, { ...BOSS, expected: [3] })).toEqual({ kind: 'stale' });
  });

  it.each([
    ['pause', pauseSale, 'reserved', 'paused'],
    ['resume', resumeSale, 'paused', 'reserved'],
  ] as const)(
    'a %s that died before the queue knew it is finished by the scheduler, and by a repetition',
    async (_, act, before, after) => {
      for (const finish of ['scheduler', 'repetition'] as const) {
        const { ports, updates, buy, finish: schedule } = await rig();
        if (act === resumeSale) await pauseSale('sale-1', ports, BOSS);
        updates.update = () => Promise.reject(UNAVAILABLE);
        await expect(act('sale-1', ports, BOSS)).rejects.toBe(UNAVAILABLE);
        expect(await schedule()).toEqual([{ saleId: 'sale-1', fault: UNAVAILABLE }]);
        expect(await buy('ann')).toBe(before);
        updates.update = async () => {};
        if (finish === 'scheduler') expect(await schedule()).toEqual([]);
        else await act('sale-1', ports, BOSS);
        expect(await buy('bob')).toBe(after);
      }
    },
  );

  it('of an earlier version that reaches the queue late does not undo a resume', async () => {
    const { ports, updates, buy } = await rig();
    let arrive = () => {};
    const late = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    updates.update = () => {
      updates.update = async () => {};
      return late;
    };
    const paused = pauseSale('sale-1', ports, BOSS);
    await new Promise(setImmediate);
    await resumeSale('sale-1', ports, BOSS);
    arrive();
    expect(await paused).toMatchObject({ kind: 'changed' });
    expect(await buy('ann')).toBe('reserved');
  });

  it('is made in the epoch that a recovery raised meanwhile', async () => {
    const { ports, updates, memory, queue } = await rig();
    updates.update = async () => {
      updates.update = async () => {};
      await memory.saveSale(aSale({ status: 'paused', epoch: 2, version: 5 }));
      queue.raiseEpoch('sale-1');
    };
    expect(await pauseSale('sale-1', ports, { ...BOSS, expected: [3] })).toMatchObject({
      sale: { epoch: 2, version: 5 },
    });
    const item = { orderId: 'o', userId: 'u', key: 'k:1', fingerprint: '', quantity: 1 };
    expect(await queue.reserve('sale-1', 2, [item])).toMatchObject({ answers: [{ kind: 'paused' }] });
  });

  it('is not answered while the queue has lost the sale', async () => {
    const { ports, queue, finish } = await rig();
    queue.wipe('sale-1');
    await expect(pauseSale('sale-1', ports, BOSS)).rejects.toMatchObject({ code: 'fenced' });
    queue.lose('sale-1');
    await expect(pauseSale('sale-1', ports, BOSS)).rejects.toMatchObject({ code: 'fenced' });
    expect(await finish()).toEqual([]);
  });

  it.each([
    ['nothing', [], 'unknown'],
    ['a draft', [aSale({ status: 'draft' })], 'notPublished'],
    ['a sale that is being published', [aSale({ status: 'publishing' })], 'notPublished'],
    ['a closed sale', [aSale({ status: 'closed' })], 'closed'],
    ['a sale that is over', [aSale({ opensAt: 1, closesAt: 2 })], 'ended'],
  ] as const)('or resuming of %s is refused and changes nothing', async (_what, stored, kind) => {
    const { ports, statuses, published } = await rig(stored);
    expect(await pauseSale('sale-1', ports, BOSS)).toEqual({ kind });
    expect(await resumeSale('sale-1', ports, BOSS)).toEqual({ kind });
    expect([statuses, published]).toEqual([[], []]);
  });

  it('leaves a sale that can still be closed', async () => {
    const { ports, buy } = await rig();
    await pauseSale('sale-1', ports, BOSS);
    expect((await closeSale('sale-1', ports)).kind).toBe('closed');
    expect(await resumeSale('sale-1', ports, BOSS)).toEqual({ kind: 'closed' });
    expect(await buy('ann')).toBe('closed');
  });
});

describe('extending', () => {
  const HOUR_MS = 3_600_000;

  it('moves the end to a later time, once, in the catalogue and in the queue', async () => {
    const { ports, buy, clock, history } = await rig();
    const closesAt = aSale().closesAt + HOUR_MS;
    for (let n = 0; n < 2; n += 1)
      expect(await extendSale('sale-1', ports, { ...BOSS, closesAt })).toMatchObject({
        sale: { closesAt, version: 4 },
      });
    clock.advance(closesAt - 1 - clock.now());
    expect(await buy('ann')).toBe('reserved');
    clock.advance(1);
    expect(await buy('bob')).toBe('ended');
    expect(await history()).toMatchObject([
      { action: 'extended', changes: [{ name: 'closesAt', from: closesAt - HOUR_MS, to: closesAt }] },
    ]);
  });

  it('keeps a paused sale paused', async () => {
    const { ports, buy } = await rig();
    await pauseSale('sale-1', ports, BOSS);
    await extendSale('sale-1', ports, { ...BOSS, closesAt: aSale().closesAt + 1 });
    expect(await buy('ann')).toBe('paused');
  });

  it.each([
    ['into the past', (now: number) => now],
    ['to an earlier end', () => aSale().closesAt - 1],
  ])('%s is invalid and changes nothing', async (_, closesAt) => {
    const { ports, clock, memory } = await rig();
    expect(await extendSale('sale-1', ports, { ...BOSS, closesAt: closesAt(clock.now()) })).toMatchObject({
      kind: 'invalid',
      errors: [{ setting: 'closesAt' }],
    });
    expect((await memory.sale('sale-1'))?.version).toBe(3);
  });

  it('of a sale that is over is refused', async () => {
    const { ports, clock } = await rig();
    clock.advance(aSale().closesAt - clock.now());
    expect(await extendSale('sale-1', ports, { ...BOSS, closesAt: clock.now() + HOUR_MS })).toEqual({ kind: 'ended' });
  });
});

describe('adding tickets', () => {
  const { total } = aSale();

  it('adds them once for each key, even if the first call died before the queue knew', async () => {
    const { ports, updates, queue, memory } = await rig();
    const command = { ...BOSS, key: 'k', quantity: 3 };
    updates.update = () => Promise.reject(UNAVAILABLE);
    await expect(addStock('sale-1', ports, command)).rejects.toBe(UNAVAILABLE);
    updates.update = async () => {};
    await Promise.all([addStock('sale-1', ports, command), addStock('sale-1', ports, command)]);
    expect(await addStock('sale-1', ports, command)).toMatchObject({ sale: { total: total + 3, version: 4 } });
    expect(await addStock('sale-1', ports, { ...command, quantity: 4 })).toEqual({ kind: 'keyMismatch' });
    expect(await queue.stock('sale-1')).toMatchObject({ remaining: total + 3 });
    await addStock('sale-1', ports, { ...command, key: 'l' });
    expect((await memory.sale('sale-1'))?.total).toBe(total + 6);
  });

  it('says of an archived sale what was done before, without its queue', async () => {
    const { ports, memory, queue } = await rig();
    const command = { ...BOSS, key: 'k', quantity: 3 };
    await addStock('sale-1', ports, command);
    await memory.saveSale({ ...((await memory.sale('sale-1')) as Sale), status: 'archived', version: 5 });
    await queue.remove('sale-1');
    expect(await addStock('sale-1', ports, command)).toMatchObject({ kind: 'changed', sale: { status: 'archived' } });
    expect(await addStock('sale-1', ports, { ...command, key: 'l' })).toEqual({ kind: 'archived' });
  });

  it('adds them once for each version', async () => {
    const { ports, queue } = await rig();
    const command = { ...BOSS, expected: [3], quantity: 3 };
    const outcomes = await Promise.all([addStock('sale-1', ports, command), addStock('sale-1', ports, command)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['changed', 'stale']);
    expect(await queue.stock('sale-1')).toMatchObject({ remaining: total + 3 });
  });

  it('adds all of two concurrent additions', async () => {
    const { ports, queue } = await rig();
    await Promise.all(['a', 'b'].map((key) => addStock('sale-1', ports, { ...BOSS, key, quantity: 2 })));
    expect(await queue.stock('sale-1')).toMatchObject({ remaining: total + 4 });
  });

  it.each([
    [10_000_000 - total, 'changed'],
    [10_000_001 - total, 'invalid'],
  ])('of %i tickets is %s: a sale has ten million at most', async (quantity, kind) => {
    const { ports, updates } = await rig();
    // The queue in memory would list them all.
    updates.update = () => Promise.reject(UNAVAILABLE);
    const outcome = await addStock('sale-1', ports, { ...BOSS, key: 'k', quantity }).catch(() => ({ kind: 'changed' }));
    expect(outcome.kind).toBe(kind);
  });

  it('whose price would exceed what can be counted is invalid', async () => {
    const price = { amount: Math.floor(Number.MAX_SAFE_INTEGER / (total + 1)), currency: 'EUR' };
    const { ports } = await rig([aSale({ price })]);
    expect((await addStock('sale-1', ports, { ...BOSS, key: 'k', quantity: 2 })).kind).toBe('invalid');
  });
});

describe('the scheduler', () => {
  it('asks the queue once for each version of a sale that is open or has just ended', async () => {
    const sales = [
      aSale({ id: 'a', version: 3 }),
      aSale({ id: 'b', status: 'paused', version: 4 }),
      aSale({ id: 'c', status: 'draft' }),
      aSale({ id: 'd', status: 'closed' }),
      aSale({ id: 'e', opensAt: 1, closesAt: 2 }),
      aSale({ id: 'f', opensAt: 1, closesAt: AN_HOUR }),
    ];
    const asked: string[] = [];
    let all = sales;
    const run = applyChanges({
      queue: {
        update: async ({ id, version, paused }) => {
          asked.push(`${id} ${version} ${paused}`);
          return 'updated';
        },
      },
      sales: async () => all,
      clock: { now: () => AN_HOUR + 10 },
    });
    for (let n = 0; n < 3; n += 1) await run();
    // What is stored late, after a time-out, is finished although the sale is over by then.
    expect(asked).toEqual(['a 3 false', 'b 4 true', 'f 1 false']);
    all = [...sales.slice(0, 1), aSale({ id: 'b', version: 5 })];
    for (let n = 0; n < 3; n += 1) await run();
    expect(asked.slice(3)).toEqual(['b 5 false']);
  });
});
