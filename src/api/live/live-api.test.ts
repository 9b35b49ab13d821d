import { describe, expect, it } from 'vitest';
import { liveRig, problemFrame } from '../../../test/support/live-rig.ts';
import { aSale } from '../../../test/support/sales.ts';
import type { Order } from '../../domain/order.ts';
import { reservedOrder } from '../../domain/purchase.ts';

const sale = aSale();
const { id: saleId } = sale;
const NOW = '2030-01-01T00:00:00.000Z';

const orderOf = (userId: string, changes: Partial<Order> = {}): Order => ({
  ...reservedOrder(sale, { orderId: '1JG8Z5E4T00000', userId, tickets: [3], reservedAt: Date.UTC(2030, 0, 1) }),
  ...changes,
});

describe('a live socket', () => {
  it('is sent its id and the server time first', () => {
    expect(liveRig().open().takeFrames()).toEqual([{ type: 'hello', serverTime: NOW, connectionId: 'c0' }]);
  });

  it('answers a ping with the current server time', () => {
    const { clock, connect } = liveRig();
    const socket = connect();
    clock.advance(1234);
    socket.clientSends({ type: 'ping', id: 'p' });
    expect(socket.takeFrames()).toEqual([{ type: 'pong', id: 'p', serverTime: '2030-01-01T00:00:01.234Z' }]);
  });

  it('answers an invalid frame under its own request id and stays open', () => {
    const { connect, counted } = liveRig();
    const socket = connect();
    for (const text of ['{', '{"id":5,"type":"pig"}', '{"type":"ping"}']) socket.clientSends(text);
    const frames = socket.takeFrames();
    expect(frames).toEqual([
      problemFrame(undefined, 400, 'malformed'),
      problemFrame(5, 422, 'invalid'),
      problemFrame(undefined, 422, 'invalid'),
    ]);
    expect(frames.map(({ body }) => (body as { instance: string }).instance)).toEqual(['c1-1', 'c1-2', 'c1-3']);
    expect(socket.open).toBe(true);
    expect(counted).toEqual(['bad', 'bad', 'bad']);
  });
});

describe('the revocation of a user’s tokens', () => {
  it('closes the sockets that are authenticated with one of them, and no others', () => {
    const { clock, connect, token, revoke } = liveRig();
    const [one, two, later, other, anonymous] = Array.from({ length: 5 }, connect) as ReturnType<typeof connect>[];
    const old = token('u1');
    for (const socket of [one, two]) socket?.clientSends({ type: 'auth', id: 1, token: old });
    other?.clientSends({ type: 'auth', id: 1, token: token('u2') });
    clock.advance(1000);
    later?.clientSends({ type: 'auth', id: 1, token: token('u1') });
    revoke('u1');
    const closed = [one, two, later, other, anonymous].map((socket) => socket?.closedWith?.code);
    expect(closed).toEqual([1008, 1008, undefined, undefined, undefined]);

    anonymous?.takeFrames();
    anonymous?.clientSends({ type: 'auth', id: 1, token: old });
    expect(anonymous?.takeFrames()).toEqual([problemFrame(1, 401, 'unauthenticated')]);
  });
});

describe('orders', () => {
  it('go to all sockets of their buyer, and to no others', () => {
    const { connect, token, live, counted } = liveRig();
    const [one, two, other, anonymous] = [connect(), connect(), connect(), connect()];
    one.clientSends({ type: 'auth', id: 1, token: token('u1') });
    two.clientSends({ type: 'auth', id: 1, token: token('u1') });
    other.clientSends({ type: 'auth', id: 1, token: token('u2') });
    for (const socket of [one, two, other, anonymous]) socket.takeFrames();
    live.orders([orderOf('u1', { state: 'paid', paidAt: Date.UTC(2030, 0, 1) }), orderOf('u3')]);
    const expected = { type: 'order', order: expect.objectContaining({ userId: 'u1', state: 'paid', paidAt: NOW }) };
    expect(one.takeFrames()).toEqual([expected]);
    expect(two.takeFrames()).toEqual([expected]);
    expect(other.takeFrames()).toEqual([]);
    expect(anonymous.takeFrames()).toEqual([]);
    expect(counted.at(-1)).toBe(2);
  });

  it('follow the last valid token, until it expires', () => {
    const { connect, token, live, clock, counted } = liveRig();
    const socket = connect();
    socket.clientSends({ type: 'auth', id: 1, token: token('u1') });
    socket.clientSends({ type: 'auth', id: 2, token: token('u2', 'buyer', 5) });
    socket.clientSends({ type: 'auth', id: 3, token: 'nonsense' });
    expect(socket.takeFrames().slice(1)).toEqual([
      { type: 'auth', id: 2, userId: 'u2' },
      problemFrame(3, 401, 'unauthenticated'),
    ]);
    live.orders([orderOf('u1'), orderOf('u2')]);
    expect(socket.takeFrames()).toEqual([
      expect.objectContaining({ order: expect.objectContaining({ userId: 'u2' }) }),
    ]);
    clock.advance(5000);
    live.orders([orderOf('u2')]);
    expect(socket.takeFrames()).toEqual([]);
    socket.clientSends({ type: 'auth', id: 4, token: token('u2') });
    socket.hangUp();
    live.orders([orderOf('u2')]);
    expect(socket.takeFrames()).toHaveLength(1);
    expect(counted.filter((count) => typeof count === 'number')).toEqual([1]);
  });
});

const RATES = { frames: { perSecond: 10, burst: 20 }, flood: { perSecond: 100, burst: 200 } };

describe('frames', () => {
  it('over the limit are answered 429 with their ids, and are accepted again later', () => {
    const { connect, clock, counted } = liveRig({ limits: { ...RATES, subscriptions: 1 } });
    const socket = connect();
    for (let id = 1; id <= 22; id += 1) socket.clientSends({ type: 'ping', id });
    const frames = socket.takeFrames();
    expect(frames.slice(0, 20).every(({ type }) => type === 'pong')).toBe(true);
    expect(frames.slice(20)).toEqual([problemFrame(21, 429, 'rate_limited'), problemFrame(22, 429, 'rate_limited')]);
    clock.advance(100);
    socket.clientSends({ type: 'ping', id: 23 });
    expect(socket.takeFrames()).toMatchObject([{ type: 'pong', id: 23 }]);
    expect(counted.filter((type) => type === 'too_many')).toHaveLength(2);
  });

  it('that flood close the socket with 1008 and end its subscriptions', () => {
    const { connect, counted, watching } = liveRig({ sales: [sale], limits: { ...RATES, subscriptions: 1 } });
    const socket = connect();
    socket.clientSends({ type: 'subscribe', id: 0, saleId });
    for (let id = 1; id <= 199; id += 1) socket.clientSends({ type: 'ping', id });
    expect(socket.open).toBe(true);
    socket.clientSends({ type: 'ping', id: 200 });
    expect(socket.closedWith).toEqual({ code: 1008, reason: 'too many frames' });
    expect(socket.takeFrames()).toHaveLength(200);
    expect(counted.at(-1)).toBe('flood');
    expect(watching).toEqual(['+sale-1', '-sale-1']);
  });
});
