import { describe, expect, it } from 'vitest';
import { ANN, createOrdersRig } from '../../../test/support/orders-rig.ts';
import { routesWith, tokenOf } from '../../../test/support/route-caller.ts';

const REFUND = '/v1/admin/orders/:orderId/refund';
const REFUNDS = '/v1/admin/orders/:orderId/refunds';
/** What an order of the rig costs. */
const TOTAL = 12_999;

async function rig() {
  const { refunds, reserve, orders, store, clock, newId } = await createOrdersRig();
  const { id } = await reserve('ann');
  const faults: unknown[] = [];
  const call = routesWith({ refunds, onFault: (fault) => faults.push(fault) });
  const admin = { authorization: tokenOf('boss', 'admin'), contentType: 'application/json' };
  const ask = (body: unknown, parts: object = {}) =>
    call('POST', REFUND, { params: [id], ...admin, body: Buffer.from(JSON.stringify(body)), ...parts });
  const list = async (orderId = id) => call('GET', REFUNDS, { params: [orderId], ...admin });
  return { id, call, ask, list, faults, store, clock, newId, pay: () => orders.pay(id, ANN) };
}

describe('POST /v1/admin/orders/:orderId/refund', () => {
  it('gives back all that was paid', async () => {
    const { id, ask, pay, list, store, clock } = await rig();
    await pay();
    const answer = await ask({ reason: 'The headliner is ill.' });
    expect(answer).toMatchObject({ status: 202, headers: { 'cache-control': 'no-store' } });
    const refund = JSON.parse(answer.body);
    expect(refund).toStrictEqual({
      id: expect.any(String),
      orderId: id,
      amount: { amount: TOTAL, currency: 'USD' },
      state: 'pending',
      reason: 'The headliner is ill.',
      returnTickets: false,
      by: 'boss',
      requestedAt: new Date(clock.now()).toISOString(),
    });
    expect(JSON.parse((await list()).body)).toEqual({ items: [refund] });
    clock.advance(5);
    await store.refunded({ id: refund.id, kind: 'request' }, clock.now());
    const refundedAt = new Date(clock.now()).toISOString();
    expect(JSON.parse((await list()).body)).toEqual({ items: [{ ...refund, state: 'refunded', refundedAt }] });
  });

  it('takes as many characters as it says, whatever they are', async () => {
    const { ask, pay } = await rig();
    await pay();
    expect(await ask({ reason: '🎫'.repeat(250) })).toMatchObject({ status: 202 });
  });

  it('gives back parts, and nothing again for the same key', async () => {
    const { ask, pay, list, store, clock } = await rig();
    await pay();
    const part = { amount: 999, reason: 'The view is restricted.' };
    const first = await ask(part, { idempotencyKey: 'one' });
    await store.refunded({ id: JSON.parse(first.body).id, kind: 'request' }, clock.now());
    const again = await ask(part, { idempotencyKey: ' one ' });
    expect([again.body, again.headers['idempotent-replayed']]).toEqual([first.body, 'true']);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(await ask({ ...part, amount: 1 }, { idempotencyKey: 'one' })).toMatchObject({ status: 422 });
    await ask(part, { idempotencyKey: 'two' });
    expect(JSON.parse((await list()).body).items).toHaveLength(2);
  });

  it.each([
    [{}, '/reason'],
    [{ reason: '' }, '/reason'],
    [{ reason: ' \n' }, '/reason'],
    [{ reason: 'x'.repeat(251) }, '/reason'],
    [{ reason: 'a \ud83c' }, '/reason'],
    [{ reason: 'x', amount: 0 }, '/amount'],
    [{ reason: 'x', amount: -1 }, '/amount'],
    [{ reason: 'x', amount: 1.5 }, '/amount'],
    [{ reason: 'x', amount: '1' }, '/amount'],
    [{ reason: 'x', amount: TOTAL + 1 }, '/amount'],
    [{ reason: 'x', amount: TOTAL - 1, returnTickets: true }, '/amount'],
    [{ reason: 'x', returnTickets: 'yes' }, '/returnTickets'],
    [{ reason: 'x', tickets: [1] }, '/tickets'],
  ])('refuses %j, and changes nothing', async (body, path) => {
    const { ask, pay, list } = await rig();
    await pay();
    const answer = await ask(body);
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid', errors: [{ in: 'body', path }] });
    expect(JSON.parse((await list()).body)).toEqual({ items: [] });
  });

  it('refuses an order that is not paid, or is given back already', async () => {
    const { ask, pay } = await rig();
    const refused = async () => JSON.parse((await ask({ reason: 'x' })).body);
    expect(await refused()).toMatchObject({ status: 409, code: 'not_refundable', detail: 'The order is reserved.' });
    await pay();
    await ask({ reason: 'x' });
    expect(await refused()).toMatchObject({ code: 'not_refundable', detail: 'All that was paid is given back.' });
  });

  it('is for admins, and about orders that exist', async () => {
    const { ask, list, newId, call, id } = await rig();
    expect((await ask({ reason: 'x' }, { authorization: tokenOf('ann') })).status).toBe(403);
    expect((await call('GET', REFUNDS, { params: [id], authorization: tokenOf('ann') })).status).toBe(403);
    for (const orderId of [newId(), 'no-order', '']) {
      expect((await ask({ reason: 'x' }, { params: [orderId] })).status).toBe(404);
      expect((await list(orderId)).status).toBe(404);
    }
    expect((await ask({ reason: 'x' }, { idempotencyKey: 'é' })).status).toBe(422);
  });
});
