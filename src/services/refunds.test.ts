import { describe, expect, it } from 'vitest';
import { ANN, createOrdersRig, failing } from '../../test/support/orders-rig.ts';
import { aSale } from '../../test/support/sales.ts';
import { Fault } from '../domain/errors.ts';

const REASON = { reason: 'the headliner is ill', by: 'boss' };

async function paid() {
  const rig = await createOrdersRig([aSale({ total: 1 })]);
  const { id } = await rig.reserve('ann');
  await rig.orders.pay(id, ANN);
  rig.published.length = 0;
  return { ...rig, id };
}

describe('a refund of an order', () => {
  it('is recorded once for a key, whatever its length, and published', async () => {
    const { refunds, store, published, id } = await paid();
    const command = { ...REASON, amount: 5, returnTickets: false, key: 'k'.repeat(255) };
    const first = await refunds.request(id, command);
    expect(first).toMatchObject({ kind: 'refunded', order: { state: 'paid', refunded: { amount: 5 } } });
    expect(published).toMatchObject([{ type: 'orders', orders: [{ id, refunded: { amount: 5 } }] }]);
    expect(await refunds.request(id, command)).toEqual({ ...first, repeated: true });
    expect(await refunds.request(id, { ...command, amount: 6 })).toEqual({ kind: 'idTaken' });
    expect(await store.refundsOf(id)).toHaveLength(1);
  });

  it('without a key is another one each time', async () => {
    const { refunds, id } = await paid();
    await refunds.request(id, { ...REASON, amount: 5, returnTickets: false });
    await refunds.request(id, { ...REASON, amount: 5, returnTickets: false });
    expect(await refunds.of(id)).toMatchObject([{ amount: { amount: 5 } }, { amount: { amount: 5 } }]);
  });

  it('puts the tickets back on sale at once if it returns them', async () => {
    const { refunds, queue, store, published, id } = await paid();
    await refunds.request(id, { ...REASON, returnTickets: true });
    expect((await queue.stock('sale-1'))?.remaining).toBe(1);
    expect(await store.owedTickets(9)).toEqual([]);
    expect(published.map(({ type }) => type)).toEqual(['orders', 'stock']);
  });

  it('is made although the queue can’t take the tickets back now: the scheduler returns them', async () => {
    const { refunds, queue, store, notReturned, id } = await paid();
    failing(queue, 'release', new Fault('unavailable', 'down'));
    expect(await refunds.request(id, { ...REASON, returnTickets: true })).toMatchObject({ kind: 'refunded' });
    expect(notReturned).toEqual([id]);
    expect(await store.owedTickets(9)).toMatchObject([{ orderId: id }]);
  });

  it('returns no ticket, and publishes nothing, if it is refused', async () => {
    const { refunds, queue, published, id } = await paid();
    expect(await refunds.request(id, { ...REASON, amount: 1, returnTickets: true })).toMatchObject({
      kind: 'keepsMoney',
    });
    expect((await queue.stock('sale-1'))?.remaining).toBe(0);
    expect(published).toEqual([]);
  });

  it('is listed with its order, which has to exist', async () => {
    const { refunds, newId, id } = await paid();
    expect(await refunds.of(id)).toEqual([]);
    expect(await refunds.of(newId())).toBeUndefined();
  });
});
