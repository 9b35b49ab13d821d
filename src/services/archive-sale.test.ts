import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { MemoryCatalogue } from '../../test/support/fakes/memory-catalogue.ts';
import { MemoryOrderStore } from '../../test/support/fakes/memory-order-store.ts';
import { MemoryTicketQueue } from '../../test/support/fakes/memory-ticket-queue.ts';
import { newOrder } from '../../test/support/orders.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';
import type { Sale } from '../domain/sale.ts';
import { type ArchivePorts, archiveSale } from './archive-sale.ts';

const HOUR = 3_600_000;
const BY = { by: 'boss' };

/** A sale of 5 tickets, which closes in an hour. */
async function rig(changes: Partial<Sale> = {}) {
  const clock = new ManualClock();
  const now = clock.now();
  const sale = aSale({
    id: 's',
    total: 5,
    perBuyerLimit: 5,
    opensAt: now,
    closesAt: now + HOUR,
    version: 7,
    ...changes,
  });
  const catalogue = new MemoryCatalogue([sale]);
  const queue = new MemoryTicketQueue(clock.now);
  const store = new MemoryOrderStore();
  await queue.load(sale);
  const forgotten: string[] = [];
  const ports: ArchivePorts = {
    catalogue,
    queue,
    store,
    clock,
    auditSources: { queue: queue.auditSource },
    sales: { forget: (saleId) => void forgotten.push(saleId) },
  };
  const reserve = async (orderId: string) => {
    await queue.reserve('s', sale.epoch, [
      { orderId, userId: 'ann', key: `k:${orderId}`, fingerprint: '{}', quantity: 1 },
    ]);
    return (await queue.find('s', orderId))?.tickets ?? [];
  };
  /** Reserves a ticket, and publishes and stores its order. */
  const buy = async (orderId: string) => {
    const tickets = await reserve(orderId);
    await queue.published('s', sale.epoch, [orderId]);
    await store.store({ group: 'g', positions: [], orders: [newOrder({ id: orderId, saleId: 's', tickets })] });
  };
  const history = () => catalogue.saleHistory({ saleId: 's', limit: 9 });
  const archive = (overrides: Partial<ArchivePorts> = {}, command = {}) =>
    archiveSale('s', { ...ports, ...overrides }, { ...BY, ...command });
  return { sale, clock, catalogue, queue, store, forgotten, ports, reserve, buy, history, archive };
}

describe('a sale that is over and settled', () => {
  it('is archived: the queue is freed, catalogue and history say so, and orders stay', async () => {
    const { clock, catalogue, queue, store, forgotten, buy, history, archive } = await rig();
    await buy('o1');
    await buy('o2');
    await store.transition('paid', ['o1'], clock.now());
    await store.transition('cancelled', ['o2'], clock.now());
    await queue.release('s', ['o2']);
    clock.advance(HOUR);

    expect(await archive()).toMatchObject({ kind: 'changed', sale: { status: 'archived', version: 9 } });
    expect(await queue.stock('s')).toBeUndefined();
    expect(await catalogue.sale('s')).toMatchObject({ status: 'archived' });
    expect(await history()).toMatchObject([
      { action: 'archived', version: 9, by: 'boss', changes: [{ name: 'status', from: 'closed', to: 'archived' }] },
      { action: 'closed', version: 8, by: 'boss' },
    ]);
    expect((await store.counts('s')).states).toMatchObject({ paid: 1, cancelled: 1 });
    expect(forgotten).toEqual(['s']);
  });

  it('is archived once: a repetition changes nothing, whatever version it expects', async () => {
    const { archive, history, clock } = await rig();
    clock.advance(HOUR);
    await archive({}, { expected: [7] });

    expect(await archive({}, { expected: [7] })).toMatchObject({ kind: 'changed', sale: { version: 9 } });
    expect(await history()).toHaveLength(2);
  });

  it('is not changed if another version is expected', async () => {
    const { archive, catalogue, clock } = await rig();
    clock.advance(HOUR);

    expect(await archive({}, { expected: [6] })).toEqual({ kind: 'stale' });
    expect(await catalogue.sale('s')).toMatchObject({ status: 'published', version: 7 });
  });

  it('is removed by a repetition when the queue failed the first time', async () => {
    const { queue, archive, clock } = await rig();
    clock.advance(HOUR);
    const remove = async () => {
      throw new Fault('unavailable', 'unreachable');
    };
    const close = queue.close.bind(queue);

    await expect(archive({ queue: { close, remove } })).rejects.toThrow('unreachable');
    expect(await queue.stock('s')).toBeDefined();
    expect(await archive()).toMatchObject({ kind: 'changed' });
    expect(await queue.stock('s')).toBeUndefined();
  });
});

describe('a sale is not archived', () => {
  it.each([
    [{ status: 'draft' }, 'notPublished'],
    [{ status: 'publishing' }, 'notPublished'],
    [{ status: 'published' }, 'notOver'],
    [{ status: 'paused' }, 'notOver'],
  ] as const)('that is %j', async (changes, kind) => {
    const { archive, catalogue, sale } = await rig(changes);
    expect(await archive()).toEqual({ kind });
    expect(await catalogue.sale('s')).toEqual(sale);
  });

  it('that does not exist', async () => {
    const { ports } = await rig();
    expect(await archiveSale('other', ports, BY)).toEqual({ kind: 'unknown' });
  });

  it('while an order may still be paid', async () => {
    const { buy, archive, clock, queue, catalogue } = await rig();
    await buy('o1');
    clock.advance(HOUR);

    expect(await archive()).toEqual({
      kind: 'notSettled',
      outstanding: { unpaid: 1, unpublished: 0, unsettled: 0 },
    });
    expect(await queue.stock('s')).toMatchObject({ remaining: 4 });
    expect(await catalogue.sale('s')).toMatchObject({ status: 'published' });
  });

  it('while a reservation is not in the log, which the relay would publish', async () => {
    const { reserve, archive, clock, queue } = await rig();
    await reserve('o1');
    clock.advance(HOUR);

    expect(await archive()).toMatchObject({ outstanding: { unpaid: 0, unpublished: 1 } });
    expect(await queue.claimStranded('s', { leaseMs: 0, max: 9 })).toHaveLength(1);
  });

  it('while an order of the log is not stored, or a ticket of an ended one not returned', async () => {
    const { reserve, buy, archive, clock, queue, store, sale } = await rig();
    await reserve('o1');
    await queue.published('s', sale.epoch, ['o1']);
    await buy('o2');
    await store.transition('expired', ['o2'], clock.now());
    clock.advance(HOUR);

    expect(await archive()).toMatchObject({ outstanding: { unpaid: 0, unpublished: 0, unsettled: 2 } });
  });

  it.each(['lose', 'wipe', 'raiseEpoch'] as const)('while it has to be recovered: %s', async (fault) => {
    const { queue, archive, clock, catalogue } = await rig();
    clock.advance(HOUR);
    queue[fault]('s');

    await expect(archive()).rejects.toMatchObject({ code: 'fenced' });
    expect(await catalogue.sale('s')).toMatchObject({ status: 'published' });
  });

  it('if it was sold between the first look and the closing of the queue', async () => {
    const { queue, reserve, archive, clock, catalogue } = await rig();
    // Of a process whose clock is ahead of the queue's.
    const ahead = { now: () => clock.now() + HOUR };
    const close = async (saleId: string, epoch: number) => {
      await reserve('late');
      await queue.close(saleId, epoch);
    };
    const remove = queue.remove.bind(queue);

    expect(await archive({ clock: ahead, queue: { close, remove } })).toMatchObject({
      outstanding: { unpublished: 1 },
    });
    expect(await catalogue.sale('s')).toMatchObject({ status: 'closed' });
    expect(await reserve('later')).toEqual([]);
  });
});

it('an extension that is stored first keeps the sale from being archived', async () => {
  const { catalogue, sale, archive, clock, queue } = await rig();
  clock.advance(HOUR);
  let isFirst = true;
  const saveSale: ArchivePorts['catalogue']['saveSale'] = async (changed, change) => {
    if (isFirst) await catalogue.saveSale({ ...sale, closesAt: sale.closesAt + HOUR, version: 8 });
    isFirst = false;
    return catalogue.saveSale(changed, change);
  };
  const read = catalogue.sale.bind(catalogue);

  expect(await archive({ catalogue: { sale: read, saveSale } })).toEqual({ kind: 'notOver' });
  await queue.update({ ...sale, closesAt: sale.closesAt + HOUR, paused: false, version: 8 });
  const item = { orderId: 'o9', userId: 'ann', key: 'k', fingerprint: '{}', quantity: 1 };
  expect(await queue.reserve('s', sale.epoch, [item])).toMatchObject({ answers: [{ kind: 'reserved' }] });
});
