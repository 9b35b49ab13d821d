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

describe('subscribing', () => {
  it('is answered, and every frame of the sale follows until it is unsubscribed', () => {
    const { connect, live, watching } = liveRig({ sales: [sale] });
    const [one, two, nobody] = [connect(), connect(), connect()];
    for (const socket of [one, two]) {
      socket.say({ type: 'subscribe', id: 1, saleId });
      expect(socket.texts.splice(0)).toEqual(['{"type":"subscribed","id":1}']);
    }
    live.stock(stock);
    for (const socket of [one, two]) expect(socket.texts.splice(0)).toEqual([STOCK_TEXT]);
    one.say({ type: 'unsubscribe', id: 2, saleId });
    live.stock({ ...stock, remaining: 6 });
    expect(one.heard()).toEqual([{ type: 'unsubscribed', id: 2 }]);
    expect(two.heard()).toMatchObject([{ type: 'stock', remaining: 6 }]);
    expect(nobody.heard()).toEqual([]);
    expect(watching).toEqual(['+sale-1']);
  });

  it('shows those who come later the last frame at once, with the clock of now', () => {
    const { connect, live, clock } = liveRig({ sales: [sale] });
    connect().say({ type: 'subscribe', id: 1, saleId });
    live.stock(stock);
    clock.advance(40);
    const later = connect();
    later.say({ type: 'subscribe', id: 1, saleId });
    const expected = { ...JSON.parse(STOCK_TEXT), serverTime: '2030-01-01T00:00:00.040Z' };
    expect(later.heard()).toEqual([{ type: 'subscribed', id: 1 }, expected]);
    later.say({ type: 'subscribe', id: 2, saleId });
    expect(later.heard()).toEqual([{ type: 'subscribed', id: 2 }, expected]);
    live.stock(stock);
    expect(later.heard()).toHaveLength(1);
  });

  it('has a sale watched from the first socket to the last, however they leave, and forgets its last frame then', () => {
    const { connect, live, watching } = liveRig({ sales: [sale] });
    const sockets = [connect(), connect(), connect()];
    for (const socket of sockets) socket.say({ type: 'subscribe', id: 1, saleId });
    sockets[0]?.say({ type: 'subscribe', id: 2, saleId });
    expect(live.watched()).toEqual([saleId]);
    live.stock(stock);
    sockets[0]?.hangUp();
    sockets[1]?.say({ type: 'unsubscribe', id: 2, saleId });
    sockets[1]?.say({ type: 'unsubscribe', id: 3, saleId });
    expect(watching).toEqual(['+sale-1']);
    sockets[2]?.hangUp();
    expect(watching).toEqual(['+sale-1', '-sale-1']);
    expect(live.watched()).toEqual([]);
    live.stock(stock);
    const next = connect();
    next.say({ type: 'subscribe', id: 1, saleId });
    expect(next.heard()).toEqual([{ type: 'subscribed', id: 1 }]);
    expect(watching).toEqual(['+sale-1', '-sale-1', '+sale-1']);
  });

  it('is refused for sales that are not there, or are drafts, but for an admin', () => {
    const draft = aSale({ id: 'draft', status: 'draft' });
    const { connect, token, watching } = liveRig({ sales: [draft] });
    const socket = connect();
    socket.say({ type: 'subscribe', id: 1, saleId: 'a b' });
    socket.say({ type: 'subscribe', id: 2, saleId: 'draft' });
    expect(socket.heard()).toEqual([problemFrame(1, 404, 'not_found'), problemFrame(2, 404, 'not_found')]);
    expect(watching).toEqual([]);
    socket.say({ type: 'auth', id: 3, token: token('boss', 'admin') });
    socket.say({ type: 'subscribe', id: 4, saleId: 'draft' });
    expect(socket.heard().at(-1)).toEqual({ type: 'subscribed', id: 4 });
    expect(watching).toEqual(['+draft']);
  });

  it('looks a sale up that is not in memory', async () => {
    const { connect, watching } = liveRig({ find: async (id) => (id === saleId ? sale : undefined) });
    const socket = connect();
    socket.say({ type: 'subscribe', id: 1, saleId });
    socket.say({ type: 'subscribe', id: 2, saleId: 'nowhere' });
    socket.say({ type: 'subscribe', id: 3, saleId });
    await settled();
    expect(socket.heard()).toEqual([
      { type: 'subscribed', id: 1 },
      problemFrame(2, 404, 'not_found'),
      { type: 'subscribed', id: 3 },
    ]);
    expect(watching).toEqual(['+sale-1']);
  });

  it('does not join what was left while it was looked up', async () => {
    const found = deferred<Sale | undefined>();
    const finds = [Promise.resolve(sale)];
    const { connect, live, watching } = liveRig({ find: () => finds.shift() ?? found.promise });
    const other = connect();
    other.say({ type: 'subscribe', id: 1, saleId });
    await settled();
    live.stock(stock);
    const [left, gone] = [connect(), connect()];
    for (const socket of [left, gone]) socket.say({ type: 'subscribe', id: 1, saleId });
    left.say({ type: 'unsubscribe', id: 2, saleId });
    gone.hangUp();
    found.resolve(sale);
    await settled();
    live.stock(stock);
    expect(left.heard()).toEqual([
      { type: 'unsubscribed', id: 2 },
      { type: 'subscribed', id: 1 },
    ]);
    other.hangUp();
    expect(watching).toEqual(['+sale-1', '-sale-1']);
  });

  it('stays as it was when asking again fails', async () => {
    const finds = [async () => sale, async () => undefined, () => Promise.reject(new Fault('timeout', 'slow'))];
    const { connect, live, watching } = liveRig({ find: () => (finds.shift() as () => Promise<Sale | undefined>)() });
    const socket = connect();
    for (const id of [1, 2, 3]) {
      socket.say({ type: 'subscribe', id, saleId });
      await settled();
    }
    expect(socket.heard().map(({ status }) => status)).toEqual([undefined, 404, 503]);
    live.stock(stock);
    expect(socket.heard()).toHaveLength(1);
    socket.say({ type: 'unsubscribe', id: 4, saleId });
    expect(watching).toEqual(['+sale-1', '-sale-1']);
  });

  it('is answered 503 while the catalogue is away, 500 when something broke, and can be tried again', async () => {
    const errors = [new Fault('unavailable', 'away'), new Fault('fenced', 'lost'), new TypeError('bug')];
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
      socket.say({ type: 'subscribe', id, saleId });
      await settled();
    }
    expect(socket.heard()).toEqual([
      problemFrame(1, 503, 'unavailable'),
      problemFrame(2, 503, 'recovering'),
      problemFrame(3, 500, 'internal'),
      { type: 'subscribed', id: 4 },
    ]);
    expect(faults).toEqual(expected);
    expect(watching).toEqual(['+sale-1']);
  });

  it('is limited in number, what is left makes room, and what is refused takes none', async () => {
    const sales = ['a', 'b', 'c'].map((id) => aSale({ id }));
    const { connect } = liveRig({
      sales,
      find: async (id) => {
        if (id === 'away') throw new Fault('unavailable', 'away');
        return undefined;
      },
      limits: { ...liveLimits, subscriptions: 2 },
    });
    const socket = connect();
    const asked = ['a b', 'nowhere', 'away', 'a', 'b', 'c', 'a'];
    for (const [id, one] of asked.entries()) {
      socket.say({ type: 'subscribe', id, saleId: one });
      await settled();
    }
    socket.say({ type: 'unsubscribe', id: 7, saleId: 'a' });
    socket.say({ type: 'subscribe', id: 8, saleId: 'c' });
    expect(socket.heard().map(({ type, status = '' }) => `${type} ${status}`)).toEqual([
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
