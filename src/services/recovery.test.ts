import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryOrderStore } from '../../test/support/fakes/memory-order-store.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { newOrder } from '../../test/support/orders.ts';
import { aSale } from '../../test/support/sales.ts';
import type { Sale } from '../domain/sale.ts';
import type { ReserveItem } from '../ports/ticket-queue.ts';
import { type RecoveryOptions, type RecoveryPorts, recoverSale } from './recovery.ts';

const GROUP = 'settlement';
const PARTITIONS = [0, 1, 2];
const DEADLINE_MS = 2000;
const SALE = aSale({ total: 10, perBuyerLimit: 10 });

/** The fakes, with each call recorded before it is made; a call is not made if `before` throws. */
async function rigOf(sale: Sale = SALE) {
  const clock = new ManualClock();
  const catalogue = new MemoryCatalogue([sale]);
  const store = new MemoryOrderStore();
  const queue = new MemoryTicketQueue(clock.now);
  await queue.load(sale);
  const calls: string[] = [];
  const hooks = { before: (_call: string, _n: number): void | Promise<void> => undefined };
  const recorded = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
    calls.push(call);
    await hooks.before(call, calls.length);
    return work();
  };
  const passFence = (saleId: string, epoch: number) =>
    store.store({
      ...{ group: GROUP, positions: [], orders: [] },
      fences: PARTITIONS.map((partition) => ({ partition, saleId, epoch, offset: epoch })),
    });
  const events: unknown[] = [];
  const ports: RecoveryPorts = {
    recovery: {
      state: (saleId, epoch) => recorded('state', () => queue.state(saleId, epoch)),
      seal: (target) => recorded(`seal ${target.epoch}`, () => queue.seal(target)),
      rebuild: (target, orders) => recorded(`rebuild ${target.epoch}`, () => queue.rebuild(target, orders)),
      serves: () => queue.serves(),
      declareSound: () => queue.declareSound(),
    },
    catalogue: {
      sale: (saleId) => recorded('sale', () => catalogue.sale(saleId)),
      saveSale: (raised) => recorded(`save ${raised.epoch}`, () => catalogue.saveSale(raised)),
    },
    log: {
      appendFence: (saleId, epoch) =>
        recorded(`fence ${epoch}`, async () => {
          await passFence(saleId, epoch);
          return PARTITIONS.length;
        }),
    },
    store: {
      fencePassed: (...args) => recorded('passed?', () => store.fencePassed(...args)),
      booked: (saleId, first, last) => recorded(`booked ${first}-${last}`, () => store.booked(saleId, first, last)),
    },
    clock,
    wait: (ms) => recorded(`wait ${ms}`, async () => clock.advance(ms)),
    events: { publish: (item) => events.push(item) },
  };
  const recover = (options: Partial<RecoveryOptions> = {}) =>
    recoverSale(sale.id, ports, {
      ...{ deadlineMs: DEADLINE_MS, group: GROUP, signal: new AbortController().signal },
      ...options,
    });
  return { catalogue, store, queue, calls, hooks, ports, recover, events, passFence };
}

const itemOf = (orderId: string): ReserveItem => ({
  orderId,
  userId: 'u',
  key: `k:${orderId}`,
  fingerprint: '{}',
  quantity: 1,
});

describe('recovering a sale', () => {
  it('does its steps in order: epoch, seal, deadline, fences, workers, rebuild', async () => {
    const rig = await rigOf();
    rig.queue.wipe(SALE.id);
    await rig.recover();

    expect(rig.calls).toEqual([
      ...['sale', 'state', 'save 2', 'seal 2', 'wait 2000', 'fence 2', 'passed?', 'sale', 'rebuild 2', 'booked 1-5000'],
    ]);
  });

  it('ends with a sale of the next epoch that has the orders of the store and those that only the queue had', async () => {
    const rig = await rigOf();
    const stored = newOrder({ saleId: SALE.id, tickets: [1], userId: 'u', key: 'k:stored' });
    await rig.queue.reserve(SALE.id, 1, [{ ...itemOf(stored.order.id), key: 'k:stored' }, itemOf('stranded')]);
    await rig.store.store({ group: GROUP, positions: [], orders: [stored] });
    rig.queue.lose(SALE.id);

    expect(await rig.recover()).toEqual({ kind: 'recovered', epoch: 2, held: 2, survivors: 1, tookMs: DEADLINE_MS });
    expect(await rig.catalogue.sale(SALE.id)).toEqual({ ...SALE, epoch: 2, version: 2 });
    expect(await rig.queue.reserve(SALE.id, 2, [{ ...itemOf('again'), key: 'k:stored' }])).toMatchObject({
      answers: [{ kind: 'replayed', orderId: stored.order.id, published: true }],
    });
    expect(rig.events).toEqual([
      { type: 'sale', saleId: SALE.id },
      { type: 'sale', saleId: SALE.id },
    ]);
  });

  it.each(['sale', 'passed?'])('does not rebuild one that is archived, before its step `%s`', async (step) => {
    const rig = await rigOf();
    rig.queue.wipe(SALE.id);
    rig.hooks.before = async (call) => {
      const sale = await rig.catalogue.sale(SALE.id);
      if (call !== step || sale === undefined || sale.status === 'archived') return;
      await rig.catalogue.saveSale({ ...sale, status: 'archived', version: sale.version + 1 });
    };

    expect(await rig.recover()).toEqual({ kind: 'notLost' });
    expect(rig.calls).not.toContain('rebuild 2');
  });

  it('waits longer when an old master may still answer fronts', async () => {
    const rig = await rigOf();
    rig.queue.lose(SALE.id);
    rig.queue.replicated = true;
    await rig.recover();

    expect(rig.calls).toContain('wait 5000');
  });

  it('waits until the workers have passed the fence in every partition', async () => {
    const rig = await rigOf();
    rig.queue.lose(SALE.id);
    let reads = 0;
    const fencePassed = async () => {
      reads += 1;
      return Math.min(reads, PARTITIONS.length);
    };
    const ports = { ...rig.ports, store: { ...rig.ports.store, fencePassed } };
    const { signal } = new AbortController();
    await recoverSale(SALE.id, ports, { deadlineMs: DEADLINE_MS, group: GROUP, signal });

    expect(reads).toBe(PARTITIONS.length);
    expect(rig.calls.slice(-4)).toEqual(['wait 50', 'sale', 'rebuild 2', 'booked 1-5000']);
  });

  it('reads all tickets of a large sale', async () => {
    const rig = await rigOf({ ...SALE, total: 10_001 });
    rig.queue.lose(SALE.id);
    await rig.recover();

    expect(rig.calls.filter((call) => call.startsWith('booked'))).toEqual([
      ...['booked 1-5000', 'booked 5001-10000', 'booked 10001-15000'],
    ]);
  });

  it('does nothing for a sale that is sound, being published, or unknown', async () => {
    const sound = await rigOf();
    expect(await sound.recover()).toEqual({ kind: 'notLost' });
    const publishing = await rigOf({ ...SALE, status: 'publishing' });
    publishing.queue.wipe(SALE.id);
    expect(await publishing.recover()).toEqual({ kind: 'notLost' });

    for (const { calls } of [sound, publishing]) expect(calls).toEqual(['sale', 'state']);
    expect(await recoverSale('no sale', sound.ports, { deadlineMs: 1, group: GROUP, signal: NEVER })).toEqual({
      kind: 'notLost',
    });
  });

  it('opens a fence that closed while the sale was being published', async () => {
    const rig = await rigOf({ ...SALE, status: 'publishing' });
    rig.queue.lose(SALE.id);

    expect(await rig.recover()).toMatchObject({ kind: 'recovered', held: 0 });
  });

  it('keeps a closed sale closed', async () => {
    const rig = await rigOf({ ...SALE, status: 'closed' });
    rig.queue.wipe(SALE.id);
    await rig.recover();

    expect(await rig.queue.reserve(SALE.id, 2, [itemOf('late')])).toMatchObject({ answers: [{ kind: 'closed' }] });
  });

  it('continues from a concurrent change of the sale', async () => {
    const rig = await rigOf();
    rig.queue.lose(SALE.id);
    rig.hooks.before = once('save 2', async () => {
      await rig.catalogue.saveSale({ ...SALE, title: 'Renamed', version: 2 });
    });

    expect(await rig.recover()).toMatchObject({ kind: 'recovered', epoch: 2 });
    expect(await rig.catalogue.sale(SALE.id)).toMatchObject({ title: 'Renamed', epoch: 2, version: 3 });
  });

  it('that crashes at any call leaves a sale that does not sell until the next leader recovers it', async () => {
    const whole = await rigOf();
    whole.queue.lose(SALE.id);
    await whole.recover();
    for (let n = 1; n <= whole.calls.length; n += 1) {
      const rig = await rigOf();
      await rig.queue.reserve(SALE.id, 1, [itemOf('stranded')]);
      rig.queue.lose(SALE.id);
      rig.hooks.before = (_, count) => {
        if (count === n) throw new Error('killed');
      };
      await expect(rig.recover()).rejects.toThrow('killed');
      await expect(rig.queue.reserve(SALE.id, 1, [itemOf('early')])).rejects.toMatchObject({ code: 'fenced' });

      expect(await rig.recover()).toMatchObject({ kind: 'recovered', held: 1, survivors: 1 });
      const { epoch } = (await rig.catalogue.sale(SALE.id)) as Sale;
      expect(await rig.queue.state(SALE.id, epoch)).toBe('sound');
    }
  });

  it('has no effect once the leader was overtaken, at any call', async () => {
    const whole = await rigOf();
    whole.queue.lose(SALE.id);
    await whole.recover();
    // Before the epoch is saved the leaders are interchangeable; after the last call there is nothing left to overtake.
    for (let n = whole.calls.indexOf('seal 2') + 1; n <= whole.calls.length; n += 1) {
      const rig = await rigOf();
      rig.queue.lose(SALE.id);
      rig.hooks.before = async (_, count) => {
        if (count !== n) return;
        expect(await rig.recover()).toMatchObject({ kind: 'recovered', epoch: 3 });
        await rig.queue.reserve(SALE.id, 3, [itemOf('sold')]);
      };

      expect(await rig.recover()).toEqual({ kind: 'superseded', epoch: 3 });
      expect(await rig.queue.find(SALE.id, 'sold')).toMatchObject({ tickets: [1] });
      expect(await rig.queue.state(SALE.id, 3)).toBe('sound');
    }
  });

  it.each(['wait 2000', 'fence 2', 'passed?'])(
    'ends at its next step when the leadership is lost at "%s"',
    async (at) => {
      const rig = await rigOf();
      rig.queue.lose(SALE.id);
      const leading = new AbortController();
      rig.hooks.before = (call) => {
        if (call === at) leading.abort();
      };

      await expect(rig.recover({ signal: leading.signal })).rejects.toMatchObject({ name: 'AbortError' });
      expect(rig.calls.at(-1)).toBe(at);
    },
  );
});

const NEVER = new AbortController().signal;

/** Does the work before the first such call only. */
function once(call: string, work: () => Promise<void>) {
  let done = false;
  return async (next: string) => {
    if (done || next !== call) return;
    done = true;
    await work();
  };
}
