import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { settled } from '../../../test/support/deferred.ts';
import { purchaseRig } from '../../../test/support/purchase-rig.ts';
import { auditQueue } from '../../../test/support/queue-audit.ts';
import { aSale } from '../../../test/support/sales.ts';

describe('a purchase', () => {
  it('reserves a ticket, appends it to the log and answers with the order', async () => {
    const { buy, records, sale, clock, queue, observed } = await purchaseRig();
    const outcome = await buy('ann', 'key-1');
    const order = {
      id: expect.stringMatching(/^[0-9A-Z]{14}$/),
      saleId: sale.id,
      productId: sale.productId,
      userId: 'ann',
      tickets: [1],
      price: sale.price,
      state: 'reserved',
      reservedAt: clock.now(),
      payBy: clock.now() + 600_000,
    };
    expect(outcome).toEqual({ kind: 'reserved', order });
    expect(records).toEqual([
      {
        type: 'reservations',
        saleId: sale.id,
        productId: sale.productId,
        epoch: 1,
        price: sale.price,
        payWithinSeconds: 600,
        items: [
          {
            orderId: outcome?.kind === 'reserved' ? outcome.order.id : '',
            tickets: [1],
            userId: 'ann',
            key: 'k:key-1',
            reservedAt: clock.now(),
            requestId: 'r1',
          },
        ],
      },
    ]);
    expect(observed).toEqual([9]);
    expect(await auditQueue(queue.auditSource, sale.id)).toMatchObject({ held: 1, pending: 0 });
  });

  it('of an archived sale is refused without a call of the queue, a repetition as well', async () => {
    const { buy, memory, sale, reserved } = await purchaseRig();
    await buy('ann', 'key-1');
    memory.set(sale.id, { ...sale, status: 'archived' });
    reserved.length = 0;
    expect([await buy('ann', 'key-1'), await buy('bob')]).toEqual([{ kind: 'archived' }, { kind: 'archived' }]);
    expect(reserved).toEqual([]);
  });

  it('without a key is known to the queue by its order id', async () => {
    const { buy, records } = await purchaseRig();
    await buy('ann');
    const [item] = records[0]?.items ?? [];
    expect(item?.key).toBe(`o:${item?.orderId}`);
  });

  it('with the same key is answered with the same order, byte for byte, and not logged twice', async () => {
    const { buy, records, clock } = await purchaseRig({ sale: { perBuyerLimit: 5 } });
    const first = await buy('ann', 'key-1');
    clock.advance(60_000);
    const second = await buy('ann', 'key-1');
    expect(second?.kind).toBe('replayed');
    expect(JSON.stringify(second)).toBe(JSON.stringify({ ...first, kind: 'replayed' }));
    expect(records).toHaveLength(1);
  });

  it('with the key of another buyer is a separate purchase', async () => {
    const { buy } = await purchaseRig();
    expect((await buy('ann', 'key-1'))?.kind).toBe('reserved');
    expect((await buy('bob', 'key-1'))?.kind).toBe('reserved');
  });

  it('with the key of another kind of request is a mismatch', async () => {
    const { buy, queue, sale, records } = await purchaseRig();
    await queue.reserve(sale.id, 1, [
      { orderId: '0'.repeat(14), userId: 'ann', key: 'k:key-1', fingerprint: '{"quantity":2}', quantity: 1 },
    ]);
    expect(await buy('ann', 'key-1')).toEqual({ kind: 'keyMismatch' });
    expect(records).toEqual([]);
  });

  it('over the limit is refused with the orders held', async () => {
    const { buy } = await purchaseRig();
    const first = await buy('ann');
    const orderIds = [first?.kind === 'reserved' ? first.order.id : ''];
    expect(await buy('ann')).toEqual({ kind: 'limitReached', orderIds });
  });

  it('is refused as sold out when no ticket is left', async () => {
    const { buy, records } = await purchaseRig({ sale: { total: 1 } });
    await buy('ann');
    expect(await buy('bob')).toEqual({ kind: 'soldOut' });
    expect(records).toHaveLength(1);
  });

  it('before the sale opens is answered with the opening time', async () => {
    const opensAt = Date.UTC(2030, 0, 2);
    const { buy } = await purchaseRig({ sale: { opensAt, closesAt: opensAt + 1000 } });
    expect(await buy('ann')).toEqual({ kind: 'notStarted', opensAt });
  });

  it('after the end is refused as ended', async () => {
    const { buy, clock } = await purchaseRig();
    clock.advance(1_800_000);
    expect(await buy('ann')).toEqual({ kind: 'ended' });
  });

  it('in a closed sale is refused as ended', async () => {
    const { buy, queue, sale } = await purchaseRig();
    await queue.close(sale.id, 1);
    expect(await buy('ann')).toEqual({ kind: 'closed' });
  });

  it.each([
    ['a sale that is not there', 'nowhere'],
    ['a draft', 'draft'],
  ])('of %s is an unknown sale, and the queue is not asked', async (_, saleId) => {
    const { buy, catalogue, reserved } = await purchaseRig();
    catalogue.set('draft', aSale({ id: 'draft', status: 'draft' }));
    expect(await buy('ann', undefined, saleId)).toEqual({ kind: 'unknownSale' });
    expect(reserved).toEqual([]);
  });

  it('of a sale that is not in memory reads the catalogue', async () => {
    const { buy, memory } = await purchaseRig();
    memory.clear();
    expect((await buy('ann'))?.kind).toBe('reserved');
  });
});

describe('purchases of one turn', () => {
  it('share one call of the queue and one record', async () => {
    const { click, reserved, records, answers } = await purchaseRig();
    for (const user of ['ann', 'bob', 'cyd']) click(user);
    await settled();
    expect(reserved.map((items) => items.map(({ userId }) => userId))).toEqual([['ann', 'bob', 'cyd']]);
    expect(records.map(({ items }) => items.flatMap(({ tickets }) => tickets))).toEqual([[1, 2, 3]]);
    expect([...answers.values()].map(([outcome]) => outcome?.kind)).toEqual(['reserved', 'reserved', 'reserved']);
  });

  it('fill calls up to the batch size', async () => {
    const { click, reserved } = await purchaseRig({ batchSize: 2 });
    for (const user of ['ann', 'bob', 'cyd', 'dan', 'eve']) click(user);
    await settled();
    expect(reserved.map((items) => items.length)).toEqual([2, 2, 1]);
  });

  it('go to the queue in one call per sale', async () => {
    const { click, reserved, records, catalogue, memory, queue, answers } = await purchaseRig();
    const other = aSale({ id: 'sale-2', productId: 'product-2' });
    catalogue.set(other.id, other);
    memory.set(other.id, other);
    await queue.load(other);
    click('ann');
    click('bob', undefined, other.id);
    click('cyd');
    await settled();
    expect(reserved.map((items) => items.map(({ userId }) => userId))).toEqual([['ann', 'cyd'], ['bob']]);
    expect(records.map(({ saleId, productId }) => [saleId, productId])).toEqual([
      ['sale-1', 'product-1'],
      ['sale-2', 'product-2'],
    ]);
    expect([...answers.values()].every((outcomes) => outcomes.length === 1)).toBe(true);
  });

  it('are each answered with their own outcome', async () => {
    const { click, answers, buy } = await purchaseRig({ sale: { total: 3 } });
    await buy('ann', 'key-1');
    const clicks = [click('ann'), click('bob'), click('ann', 'key-1'), click('cyd'), click('dan')];
    await settled();
    expect(clicks.map((id) => answers.get(id)?.[0]?.kind)).toEqual([
      'limitReached',
      'reserved',
      'replayed',
      'reserved',
      'soldOut',
    ]);
  });

  it('with one key are one order, logged once and answered identically', async () => {
    const { click, answers, records, queue, sale } = await purchaseRig({ sale: { perBuyerLimit: 5 } });
    const clicks = [click('ann', 'key-1'), click('ann', 'key-1'), click('ann', 'key-1')];
    await settled();
    const outcomes = clicks.map((id) => answers.get(id)?.[0]);
    expect(outcomes.map((outcome) => outcome?.kind)).toEqual(['reserved', 'replayed', 'replayed']);
    expect(new Set(outcomes.map((outcome) => JSON.stringify({ ...outcome, kind: '' }))).size).toBe(1);
    expect(records.flatMap(({ items }) => items)).toHaveLength(1);
    expect(await auditQueue(queue.auditSource, sale.id)).toMatchObject({ held: 1, pending: 0 });
  });

  it('that exceed the capacity are refused at once, without a queue call', async () => {
    const { click, answers, reserved } = await purchaseRig({ capacity: 2 });
    const clicks = ['ann', 'bob', 'cyd'].map((user) => click(user));
    expect(answers.get(clicks[2] ?? '')).toEqual([{ kind: 'overloaded' }]);
    await settled();
    expect(clicks.map((id) => answers.get(id)?.[0]?.kind)).toEqual(['reserved', 'reserved', 'overloaded']);
    expect(reserved.flat()).toHaveLength(2);
  });
});

describe('the sold-out memory', () => {
  it('answers a request without a key without calling the queue, for as long as it lasts', async () => {
    const { buy, reserved, clock } = await purchaseRig({ sale: { total: 1 } });
    await buy('ann');
    await buy('bob');
    expect(reserved).toHaveLength(2);
    clock.advance(99);
    expect(await buy('cyd')).toEqual({ kind: 'soldOut' });
    expect(reserved).toHaveLength(2);
    clock.advance(1);
    expect(await buy('cyd')).toEqual({ kind: 'soldOut' });
    expect(reserved).toHaveLength(3);
  });

  it('forgets a sale that has changed: it may have more tickets', async () => {
    const changed$ = new Subject<string>();
    const { buy, reserved, queue, sale } = await purchaseRig({ sale: { total: 1 }, changed$ });
    await buy('ann');
    await buy('bob');
    await queue.update({ ...sale, total: 2, paused: false, version: sale.version + 1 });
    changed$.next('another');
    expect(await buy('cyd')).toEqual({ kind: 'soldOut' });
    changed$.next(sale.id);
    expect((await buy('cyd'))?.kind).toBe('reserved');
    expect(reserved).toHaveLength(3);
  });

  it('does not answer a request with a key: an earlier purchase may have won', async () => {
    const { buy, reserved } = await purchaseRig({ sale: { total: 1 } });
    const won = await buy('ann', 'key-1');
    await buy('bob');
    const again = await buy('ann', 'key-1');
    expect(again).toEqual({ ...won, kind: 'replayed' });
    expect(reserved).toHaveLength(3);
  });

  it('lets a returned ticket be sold when it is over', async () => {
    const { buy, queue, sale, clock } = await purchaseRig({ sale: { total: 1 } });
    const won = await buy('ann');
    await buy('bob');
    await queue.release(sale.id, [won?.kind === 'reserved' ? won.order.id : '']);
    expect((await buy('cyd'))?.kind).toBe('soldOut');
    clock.advance(100);
    expect((await buy('cyd'))?.kind).toBe('reserved');
  });

  it('is per sale', async () => {
    const { buy, catalogue, queue } = await purchaseRig({ sale: { total: 1 } });
    const other = aSale({ id: 'sale-2' });
    catalogue.set(other.id, other);
    await queue.load(other);
    await buy('ann');
    await buy('bob');
    expect((await buy('cyd', undefined, other.id))?.kind).toBe('reserved');
  });
});
