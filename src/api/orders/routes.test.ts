import { describe, expect, it } from 'vitest';
import { demoOrder as order } from '../../../test/support/orders.ts';
import { routesWith, tokenOf } from '../../../test/support/route-caller.ts';
import { Fault } from '../../domain/errors.ts';
import type { Order } from '../../domain/order.ts';
import type { OrderOutcome } from '../../services/order-outcome.ts';

const PAY = '/v1/orders/:orderId/pay';
const CANCEL = '/v1/orders/:orderId/cancel';

function rig(outcome: OrderOutcome | Fault = { kind: 'unknown' }) {
  const calls: unknown[] = [];
  const answer = (what: string) => async (id: string, viewer: unknown) => {
    calls.push([what, id, viewer]);
    if (outcome instanceof Fault) throw outcome;
    return outcome;
  };
  const call = routesWith({
    orders: {
      find: async () => undefined,
      list: async () => ({ items: [] }),
      pay: answer('pay'),
      cancel: answer('cancel'),
    },
    onFault: () => {},
  });
  const own = { params: [order.id], authorization: tokenOf('u1') };
  return { calls, call, own };
}

describe('paying and cancelling', () => {
  it('is done for the user of the token and answered with the order, not cacheable', async () => {
    const paid: Order = { ...order, state: 'paid', paidAt: order.reservedAt + 1000 };
    const { call, own, calls } = rig({ kind: 'ok', order: paid });
    const answer = await call('POST', PAY, own);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(JSON.parse(answer.body)).toMatchObject({ id: order.id, state: 'paid', paidAt: '2026-11-21T09:06:56.120Z' });
    expect((await call('POST', CANCEL, { ...own, authorization: tokenOf('boss', 'admin') })).status).toBe(200);
    expect(calls).toEqual([
      ['pay', order.id, { userId: 'u1', admin: false }],
      ['cancel', order.id, { userId: 'boss', admin: true }],
    ]);
  });

  it.each([
    [PAY, 'not_payable'],
    [CANCEL, 'not_cancellable'],
  ])('at %s is 409 %s when the order is in another state, which it names', async (pattern, code) => {
    const { call, own } = rig({ kind: 'refused', order: { ...order, state: 'expired', endedAt: order.payBy } });
    const answer = await call('POST', pattern, own);
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body)).toMatchObject({ code, detail: 'The order is expired.' });
  });

  it.each([PAY, CANCEL])(
    'at %s is 404 for orders that the viewer may not see and for impossible ids',
    async (pattern) => {
      const { call, own, calls } = rig();
      expect((await call('POST', pattern, own)).status).toBe(404);
      expect((await call('POST', pattern, { ...own, params: ['demo'] })).status).toBe(404);
      expect(calls).toHaveLength(1);
    },
  );

  it.each([PAY, CANCEL])('at %s requires a token, and accepts no body but an empty object', async (pattern) => {
    const { call, own, calls } = rig({ kind: 'ok', order });
    expect((await call('POST', pattern, { params: [order.id] })).status).toBe(401);
    const body = (text: string) => ({ ...own, body: Buffer.from(text), contentType: 'application/json' });
    expect((await call('POST', pattern, body('{"amount":1}'))).status).toBe(422);
    expect((await call('POST', pattern, body('{'))).status).toBe(400);
    expect((await call('POST', pattern, { ...body('{}'), contentType: 'text/plain' })).status).toBe(415);
    expect(calls).toEqual([]);
    expect((await call('POST', pattern, body(' {} '))).status).toBe(200);
  });

  it.each([
    ['timeout', 'unavailable'],
    ['fenced', 'recovering'],
  ] as const)('is 503 on a fault %s, with code %s and Retry-After', async (fault, code) => {
    const { call, own } = rig(new Fault(fault, 'down'));
    const answer = await call('POST', PAY, own);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([503, code]);
    expect(answer.headers['retry-after']).toBeDefined();
  });
});
