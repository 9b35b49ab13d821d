import { describe, expect, it } from 'vitest';
import { deferred, settled } from '../../../test/support/deferred.ts';
import { liveRig, problemFrame } from '../../../test/support/live-rig.ts';
import { aSale } from '../../../test/support/sales.ts';
import { Fault } from '../../domain/errors.ts';
import type { Sale } from '../../domain/sale.ts';
import type { StockFrame } from '../../streams/countdown/sale-countdown.ts';
import { liveLimits } from './live-api.ts';

const sale = aSale();
const { id: saleId } = sale;
const NOW = '2030-01-01T00:00:00.000Z';

const stock: StockFrame = {
  saleId,
  remaining: 7,
  total: 10,
  phase: 'live',
  version: 4,
  opensAt: sale.opensAt,
  closesAt: sale.closesAt,
  serverTime: Date.UTC(2030, 0, 1),
};

const STOCK_TEXT =
  '{"type":"stock","saleId":"sale-1","remaining":7,"total":10,"phase":"live","version":4,' +
  `"opensAt":"2029-12-31T23:30:00.000Z","closesAt":"2030-01-01T00:30:00.000Z","serverTime":"${NOW}"}`;

describe('a subscription', () => {
  it('is confirmed, and every frame of the sale follows until it ends', () => {
    const { connect, live, watching } = liveRig({ sales: [sale] });
    const [one, two, other] = [connect(), connect(), connect()];
    for (const socket of [one, two]) {
      socket.clientSends({ type: 'subscribe', id: 1, saleId });
      expect(socket.texts.splice(0)).toEqual(['{"type":"subscribed","id":1}']);
    }
    live.stock(stock);
    for (const socket of [one, two]) expect(socket.texts.splice(0)).toEqual([STOCK_TEXT]);
    one.clientSends({ type: 'unsubscribe', id: 2, saleId });
    live.stock({ ...stock, remaining: 6 });
    expect(one.takeFrames()).toEqual([{ type: 'unsubscribed', id: 2 }]);
    expect(two.takeFrames()).toMatchObject([{ type: 'stock', remaining: 6 }]);
    expect(other.takeFrames()).toEqual([]);
    expect(watching).toEqual(['+sale-1']);
  });

  it('ends with the last frame of a sale that is archived: the topic is freed, and its sockets stay connected', () => {
    const { connect, live, watching } = liveRig({ sales: [sale] });
    const [one, two] = [connect(), connect()];
    for (const socket of [one, two]) socket.clientSends({ type: 'subscribe', id: 1, saleId });
    for (const socket of [one, two]) socket.takeFrames();
    live.stock({ ...stock, phase: 'archived', remaining: 0 });
    live.stock({ ...stock, phase: 'archived', remaining: 0 });

    expect(one.takeFrames()).toMatchObject([{ type: 'stock', phase: 'archived', remaining: 0 }]);
    expect([watching, live.watched()]).toEqual([['+sale-1', '-sale-1'], []]);
    two.clientSends({ type: 'unsubscribe', id: 2, saleId });
    expect(two.takeFrames()).toMatchObject([{ phase: 'archived' }, { type: 'unsubscribed', id: 2 }]);
    expect(watching).toHaveLength(2);
  });

  it('of an archived sale is refused', () => {
    const { connect, watching } = liveRig({ sales: [aSale({ status: 'archived' })] });
    const socket = connect();
    socket.clientSends({ type: 'subscribe', id: 1, saleId });
    expect(socket.takeFrames()).toEqual([problemFrame(1, 409, 'archived')]);
    expect(watching).toEqual([]);
  });

  it('that comes later gets the last frame at once, with the current server time', () => {
    const { connect, live, clock } = liveRig({ sales: [sale] });
    connect().clientSends({ type: 'subscribe', id: 1, saleId });
    live.stock(stock);
    clock.advance(40);
    const later = connect();
    later.clientSends({ type: 'subscribe', id: 1, saleId });
    const expected = { ...JSON.parse(STOCK_TEXT), serverTime: '2030-01-01T00:00:00.040Z' };
    expect(later.takeFrames()).toEqual([{ type: 'subscribed', id: 1 }, expected]);
    later.clientSends({ type: 'subscribe', id: 2, saleId });
    expect(later.takeFrames()).toEqual([{ type: 'subscribed', id: 2 }, expected]);
    live.stock(stock);
    expect(later.takeFrames()).toHaveLength(1);
  });

  it('has its sale watched from the first subscriber to the last, and its last frame dropped then', () => {
    const { connect, live, watching } = liveRig({ sales: [sale] });
    const sockets = [connect(), connect(), connect()];
    for (const socket of sockets) socket.clientSends({ type: 'subscribe', id: 1, saleId });
    sockets[0]?.clientSends({ type: 'subscribe', id: 2, saleId });
    expect(live.watched()).toEqual([saleId]);
    live.stock(stock);
    sockets[0]?.hangUp();
    sockets[1]?.clientSends({ type: 'unsubscribe', id: 2, saleId });
    sockets[1]?.clientSends({ type: 'unsubscribe', id: 3, saleId });
    expect(watching).toEqual(['+sale-1']);
    sockets[2]?.hangUp();
    expect(watching).toEqual(['+sale-1', '-sale-1']);
    expect(live.watched()).toEqual([]);
    live.stock(stock);
    const next = connect();
    next.clientSends({ type: 'subscribe', id: 1, saleId });
    expect(next.takeFrames()).toEqual([{ type: 'subscribed', id: 1 }]);
    expect(watching).toEqual(['+sale-1', '-sale-1', '+sale-1']);
  });

  it('is refused for unknown sales, and for drafts except to an admin', () => {
    const draft = aSale({ id: 'draft', status: 'draft' });
    const { connect, token, watching } = liveRig({ sales: [draft] });
    const socket = connect();
    socket.clientSends({ type: 'subscribe', id: 1, saleId: 'a b' });
    socket.clientSends({ type: 'subscribe', id: 2, saleId: 'draft' });
    expect(socket.takeFrames()).toEqual([problemFrame(1, 404, 'not_found'), problemFrame(2, 404, 'not_found')]);
    expect(watching).toEqual([]);
    socket.clientSends({ type: 'auth', id: 3, token: token('boss', 'admin') });
    socket.clientSends({ type: 'subscribe', id: 4, saleId: 'draft' });
    expect(socket.takeFrames().at(-1)).toEqual({ type: 'subscribed', id: 4 });
    expect(watching).toEqual(['+draft']);
  });

  it('looks up a sale that is not in memory', async () => {
    const { connect, watching } = liveRig({ find: async (id) => (id === saleId ? sale : undefined) });
    const socket = connect();
    socket.clientSends({ type: 'subscribe', id: 1, saleId });
    socket.clientSends({ type: 'subscribe', id: 2, saleId: 'nowhere' });
    socket.clientSends({ type: 'subscribe', id: 3, saleId });
    await settled();
    expect(socket.takeFrames()).toEqual([
      { type: 'subscribed', id: 1 },
      problemFrame(2, 404, 'not_found'),
      { type: 'subscribed', id: 3 },
    ]);
    expect(watching).toEqual(['+sale-1']);
  });

  it('that ended during the look-up does not join', async () => {
    const found = deferred<Sale | undefined>();
    const finds = [Promise.resolve(sale)];
    const { connect, live, watching } = liveRig({ find: () => finds.shift() ?? found.promise });
    const other = connect();
    other.clientSends({ type: 'subscribe', id: 1, saleId });
    await settled();
    live.stock(stock);
    const [left, closed] = [connect(), connect()];
    for (const socket of [left, closed]) socket.clientSends({ type: 'subscribe', id: 1, saleId });
    left.clientSends({ type: 'unsubscribe', id: 2, saleId });
    closed.hangUp();
    found.resolve(sale);
    await settled();
    live.stock(stock);
    expect(left.takeFrames()).toEqual([
      { type: 'unsubscribed', id: 2 },
      { type: 'subscribed', id: 1 },
    ]);
    other.hangUp();
    expect(watching).toEqual(['+sale-1', '-sale-1']);
  });

  it('stays when subscribing again fails', async () => {
    const finds = [async () => sale, async () => undefined, () => Promise.reject(new Fault('timeout', 'slow'))];
    const { connect, live, watching } = liveRig({ find: () => (finds.shift() as () => Promise<Sale | undefined>)() });
    const socket = connect();
    for (const id of [1, 2, 3]) {
      socket.clientSends({ type: 'subscribe', id, saleId });
      await settled();
    }
    expect(socket.takeFrames().map(({ status }) => status)).toEqual([undefined, 404, 503]);
    live.stock(stock);
    expect(socket.takeFrames()).toHaveLength(1);
    socket.clientSends({ type: 'unsubscribe', id: 4, saleId });
    expect(watching).toEqual(['+sale-1', '-sale-1']);
  });

  it('is answered 503 while the catalogue is unavailable, 500 on a bug, and can be tried again', async () => {
    const errors = [new Fault('unavailable', 'down'), new Fault('fenced', 'lost'), new TypeError('bug')];
    const { connect, faults, watching } = liveRig({
      find: async () => {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return sale;
      },
    });
    const expected = [...errors];
    const socket = connect();
    for (const id of [1, 2, 3, 4]) {
      socket.clientSends({ type: 'subscribe', id, saleId });
      await settled();
    }
    expect(socket.takeFrames()).toEqual([
      problemFrame(1, 503, 'unavailable'),
      problemFrame(2, 503, 'recovering'),
      problemFrame(3, 500, 'internal'),
      { type: 'subscribed', id: 4 },
    ]);
    expect(faults).toEqual(expected);
    expect(watching).toEqual(['+sale-1']);
  });

  it('counts towards a limit until it ends, and not when it was refused', async () => {
    const sales = ['a', 'b', 'c'].map((id) => aSale({ id }));
    const { connect } = liveRig({
      sales,
      find: async (id) => {
        if (id === 'unavailable') throw new Fault('unavailable', 'down');
        return undefined;
      },
      limits: { ...liveLimits, subscriptions: 2 },
    });
    const socket = connect();
    const saleIds = ['a b', 'nowhere', 'unavailable', 'a', 'b', 'c', 'a'];
    for (const [id, one] of saleIds.entries()) {
      socket.clientSends({ type: 'subscribe', id, saleId: one });
      await settled();
    }
    socket.clientSends({ type: 'unsubscribe', id: 7, saleId: 'a' });
    socket.clientSends({ type: 'subscribe', id: 8, saleId: 'c' });
    expect(socket.takeFrames().map(({ type, status = '' }) => `${type} ${status}`)).toEqual([
      'error 404',
      'error 404',
      'error 503',
      'subscribed ',
      'subscribed ',
      'error 429',
      'subscribed ',
      'unsubscribed ',
      'subscribed ',
    ]);
  });
});
