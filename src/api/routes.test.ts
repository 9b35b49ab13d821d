import { describe, expect, it } from 'vitest';
import { routesWith, tokenOf } from '../../test/support/route-caller.ts';
import { Fault } from '../domain/errors.ts';

const viewOf = async () => {
  throw new Error('no route in these tests shows a sale');
};

const nothingCached = { viewOf, view: viewOf, knownView: () => undefined };

const unchanged = async () => ({ kind: 'unknown' }) as const;

describe('reads', () => {
  it('answer 503 with Retry-After when a dependency is unavailable or being rebuilt, and report the fault', async () => {
    const faults: unknown[] = [];
    const failing = (code: 'timeout' | 'unavailable' | 'fenced') =>
      routesWith({
        onFault: (fault, requestId) => faults.push([fault.code, requestId]),
        sales: {
          ...nothingCached,
          publicView: () => Promise.reject(new Fault(code, 'down')),
          list: () => Promise.reject(new Fault(code, 'down')),
        },
      });
    for (const [code, problem] of [
      ['timeout', 'unavailable'],
      ['unavailable', 'unavailable'],
      ['fenced', 'recovering'],
    ] as const) {
      const answer = await failing(code)('GET', '/v1/sales/:saleId', { params: ['demo'] });
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBeDefined();
      expect(JSON.parse(answer.body)).toMatchObject({ code: problem });
      expect(faults.pop()).toEqual([code, 'req-1']);
    }
  });

  it('pass any other fault to the front, which answers 500', async () => {
    const call = routesWith({
      sales: {
        ...nothingCached,
        publicView: () => Promise.reject(new Fault('corrupt', 'bad row')),
        list: () => Promise.reject(new Error()),
      },
    });
    await expect(call('GET', '/v1/sales/:saleId', { params: ['demo'] })).rejects.toThrow('bad row');
  });

  it('do not look up impossible ids', async () => {
    const calls: string[] = [];
    const call = routesWith({
      sales: { ...nothingCached, publicView: async (id) => void calls.push(id), list: async () => ({ items: [] }) },
      orders: {
        find: async (id) => void calls.push(id),
        list: async () => ({ items: [] }),
        pay: unchanged,
        cancel: unchanged,
      },
    });
    for (const id of ['', 'a b', 'x'.repeat(65), 'é']) {
      expect(await call('GET', '/v1/sales/:saleId', { params: [id] })).toMatchObject({ status: 404 });
    }
    for (const id of ['', 'demo', '1jg8z5e4t00000']) {
      expect(await call('GET', '/v1/orders/:orderId', { params: [id], authorization: tokenOf('u1') })).toMatchObject({
        status: 404,
      });
    }
    expect(calls).toEqual([]);
  });
});

describe('orders', () => {
  it('are read as the user of the token', async () => {
    const viewers: unknown[] = [];
    const call = routesWith({
      orders: {
        find: async (_id, viewer) => void viewers.push(viewer),
        list: async (_query, viewer) => {
          viewers.push(viewer);
          return { items: [] };
        },
        pay: unchanged,
        cancel: unchanged,
      },
    });
    await call('GET', '/v1/orders', { authorization: tokenOf('u1') });
    await call('GET', '/v1/orders/:orderId', { params: ['1JG8Z5E4T00000'], authorization: tokenOf('boss', 'admin') });
    expect(viewers).toEqual([
      { userId: 'u1', admin: false },
      { userId: 'boss', admin: true },
    ]);
    expect(await call('GET', '/v1/orders')).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
  });
});

describe('operations', () => {
  it('serve the metrics to everybody, or to who has the token', async () => {
    const metrics = async () => 'up 1\n';
    expect(await routesWith({ metrics })('GET', '/metrics')).toMatchObject({ status: 200, body: 'up 1\n' });
    const call = routesWith({ metrics, metricsToken: 'a-scrapers-own-token' });
    for (const authorization of ['', 'Bearer x', 'Basic a-scrapers-own-token', 'Bearer a-scrapers-own-token x']) {
      expect(await call('GET', '/metrics', { authorization }), authorization).toMatchObject({ status: 401 });
    }
    for (const authorization of ['Bearer a-scrapers-own-token', 'bearer  a-scrapers-own-token ']) {
      expect(await call('GET', '/metrics', { authorization }), authorization).toMatchObject({ status: 200 });
    }
    await expect(routesWith({ metrics, metricsHere: false })('GET', '/metrics')).rejects.toThrow('0 answers');
  });

  it('serve the API reference compressed, and 304 to a client that has it', async () => {
    const call = routesWith({});
    const plain = await call('GET', '/openapi.json');
    expect(JSON.parse(plain.body)).toMatchObject({ openapi: '3.1.0' });
    const { headers } = await call('GET', '/openapi.json', { acceptEncoding: 'gzip, br' });
    expect(headers).toMatchObject({ 'content-encoding': 'br', 'access-control-allow-origin': '*' });
    const again = await call('GET', '/openapi.json', { ifNoneMatch: plain.headers.etag ?? '' });
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it('report the time', async () => {
    expect((await routesWith({})('GET', '/v1/time')).body).toBe('{"now":"2026-01-02T03:04:05.006Z"}');
  });

  it.each([
    [true, false, false, 200, 'ready'],
    [true, true, false, 200, 'degraded'],
    [false, false, false, 503, 'not_ready'],
    [true, true, true, 503, 'draining'],
  ])(
    'are ready: %s, degraded: %s, draining: %s, so /readyz answers %d',
    async (ready, degraded, draining, status, text) => {
      const dependencies = { queue: { state: ready ? 'up' : 'down', ...(ready ? {} : { detail: 'refused' }) } };
      const call = routesWith({ readiness: async () => ({ ready, degraded, dependencies }), draining: () => draining });
      const answer = await call('GET', '/readyz');
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toEqual({ status: text, dependencies });
      expect('retry-after' in answer.headers).toBe(status === 503);
    },
  );
});
