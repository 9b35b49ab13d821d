import { describe, expect, it } from 'vitest';
import { settled } from '../../../test/support/deferred.ts';
import { liveRig } from '../../../test/support/live-rig.ts';
import { aSale } from '../../../test/support/sales.ts';
import { reservedOrder } from '../../domain/purchase.ts';

const sale = aSale();
const { id: saleId } = sale;
const order = reservedOrder(sale, {
  orderId: '1JG8Z5E4T00000',
  userId: 'u1',
  tickets: [3],
  reservedAt: Date.UTC(2030, 0, 1),
});

describe('a purchase', () => {
  it.each([
    ['an order', { kind: 'reserved', order }],
    ['a replay', { kind: 'replayed', order }],
    ['a refusal', { kind: 'limitReached', orderIds: [order.id] }],
    ['a sale that has not opened', { kind: 'notStarted', opensAt: sale.opensAt }],
    ['a rate limit', { kind: 'tooManyAttempts', limit: 5, resetMs: 1000 }],
    ['an unknown outcome', { kind: 'unavailable' }],
  ] as const)('is answered %s with the bytes of the HTTP answer', (_name, outcome) => {
    const { connect, token, overHttp } = liveRig({ outcome: () => outcome });
    const socket = connect();
    const mine = token('u1');
    socket.clientSends({ type: 'auth', id: 1, token: mine });
    socket.clientSends({ type: 'purchase', id: 'p', saleId });
    const answer = overHttp(saleId, 'c1-2', { authorization: `Bearer ${mine}` });
    expect(socket.texts.at(-1)).toBe(`{"type":"purchase","id":"p","status":${answer?.status},"body":${answer?.body}}`);
    expect(socket.takeFrames()).toHaveLength(2);
  });

  it('is submitted with sale, buyer, time and key, under the request id of its frame', () => {
    const { connect, token, pending, clock } = liveRig({ outcome: () => undefined });
    const socket = connect();
    socket.clientSends({ type: 'auth', id: 1, token: token('u1') });
    clock.advance(17);
    socket.clientSends({ type: 'purchase', id: 2, saleId, idempotencyKey: 'k 1' });
    socket.clientSends({ type: 'purchase', id: 3, saleId });
    expect(pending).toEqual([
      expect.objectContaining({ saleId, userId: 'u1', idempotencyKey: 'k 1', requestId: 'c1-2', receivedAt: 17 }),
      expect.objectContaining({ idempotencyKey: undefined, requestId: 'c1-3' }),
    ]);
  });

  it.each([
    ['a blank before it', ' k1', 'k1'],
    ['a blank after it', 'k1 ', 'k1'],
    ['tabs and blanks around it', '\t  k1 \t ', 'k1'],
    ['a blank in it', ' k 1 ', 'k 1'],
    ['255 characters between blanks', ` ${'k'.repeat(255)} `, 'k'.repeat(255)],
  ])('has the same key as over HTTP with %s', (_name, sent, key) => {
    const { connect, token, pending, overHttp } = liveRig({ outcome: () => undefined });
    const socket = connect();
    const mine = token('u1');
    socket.clientSends({ type: 'auth', id: 1, token: mine });
    socket.clientSends({ type: 'purchase', id: 2, saleId, idempotencyKey: sent });
    // As a front that doesn't trim passes it.
    overHttp(saleId, 'c1-3', { authorization: `Bearer ${mine}`, idempotencyKey: sent });
    expect(pending.map(({ idempotencyKey }) => idempotencyKey)).toEqual([key, key]);
  });

  it.each([
    '',
    ' ',
    '\t',
    ' \t ',
    'k'.repeat(256),
    'a\tb',
    'caf\u00e9',
    'k\u00a0',
    '\u2003k',
    'k\n',
    '\r\nk',
    '\u0000',
  ])('is refused with the key %j as over HTTP', (idempotencyKey) => {
    const { connect, token, pending, overHttp } = liveRig({ outcome: () => undefined });
    const socket = connect();
    const mine = token('u1');
    socket.clientSends({ type: 'auth', id: 1, token: mine });
    socket.clientSends({ type: 'purchase', id: 2, saleId, idempotencyKey });
    const answer = overHttp(saleId, 'c1-2', { authorization: `Bearer ${mine}`, idempotencyKey });
    expect(answer?.status).toBe(422);
    expect(socket.texts.at(-1)).toBe(`{"type":"purchase","id":2,"status":422,"body":${answer?.body}}`);
    expect(pending).toEqual([]);
  });

  it('is answered with the id of its frame, in any order, and awaited until then', async () => {
    const { connect, token, pending, live } = liveRig({ outcome: () => undefined });
    const socket = connect();
    await live.idle();
    socket.clientSends({ type: 'auth', id: 1, token: token('u1') });
    for (const id of [2, 3]) socket.clientSends({ type: 'purchase', id, saleId });
    let idle = false;
    const becomesIdle = live.idle().then(() => {
      idle = true;
    });
    socket.takeFrames();
    pending[1]?.respond({ kind: 'soldOut' });
    socket.hangUp();
    await settled();
    expect(idle).toBe(false);
    pending[0]?.respond({ kind: 'soldOut' });
    await becomesIdle;
    expect(socket.takeFrames().map(({ id }) => id)).toEqual([3]);
  });

  it('is refused as over HTTP: without a token, with an invalid key, for an impossible sale, while draining', () => {
    const { connect, token, overHttp, drain } = liveRig();
    const mine = token('u1');
    const authorization = `Bearer ${mine}`;
    const socket = connect();
    const expected: unknown[] = [];
    const expectSame = (id: number, answer: { readonly status: number; readonly body: string } | undefined) =>
      expected.push({ type: 'purchase', id, status: answer?.status, body: JSON.parse(answer?.body ?? '') });

    socket.clientSends({ type: 'purchase', id: 1, saleId });
    expectSame(1, overHttp(saleId, 'c1-1'));
    socket.clientSends({ type: 'auth', id: 2, token: mine });
    expected.push({ type: 'auth', id: 2, userId: 'u1' });
    for (const [id, key] of [
      [3, ''],
      [4, 'é'],
      [5, 'x'.repeat(256)],
    ] as const) {
      socket.clientSends({ type: 'purchase', id, saleId, idempotencyKey: key });
      expectSame(id, overHttp(saleId, `c1-${id}`, { authorization, idempotencyKey: key }));
    }
    socket.clientSends({ type: 'purchase', id: 6, saleId: 'a b' });
    expectSame(6, overHttp('a b', 'c1-6', { authorization }));
    drain();
    socket.clientSends({ type: 'purchase', id: 7, saleId });
    expectSame(7, overHttp(saleId, 'c1-7', { authorization }));

    const frames = socket.takeFrames();
    expect(frames).toEqual(expected);
    expect(frames.map(({ status }) => status)).toEqual([401, undefined, 422, 422, 422, 404, 503]);
  });

  it('requires a token that has not expired, and a new one helps', () => {
    const { connect, token, clock } = liveRig();
    const socket = connect();
    socket.clientSends({ type: 'auth', id: 1, token: token('u1', 'buyer', 5) });
    clock.advance(5000);
    socket.clientSends({ type: 'purchase', id: 2, saleId });
    socket.clientSends({ type: 'auth', id: 3, token: token('u1') });
    socket.clientSends({ type: 'purchase', id: 4, saleId });
    expect(socket.takeFrames().map(({ status }) => status)).toEqual([undefined, 401, undefined, 409]);
  });
});
