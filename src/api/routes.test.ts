import { describe, expect, it } from 'vitest';
import { Fault } from '../domain/errors.ts';
import type { HttpRequest } from '../ports/http.ts';
import { createAuthenticator } from './auth.ts';
import { issueToken } from './issue-token.ts';
import { createRoutes, type RoutesDeps } from './routes.ts';

const secret = 'a secret for tests only';

function routesWith(deps: Partial<RoutesDeps>) {
  const routes = createRoutes({
    auth: createAuthenticator({ secret, cacheSize: 10 }),
    clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), monotonic: () => 7 },
    draining: () => false,
    readiness: async () => ({ ready: true, dependencies: {} }),
    ...deps,
  } as RoutesDeps);

  return async (method: string, pattern: string, parts: Partial<HttpRequest> = {}) => {
    const route = routes.find((one) => one.method === method && one.pattern === pattern);
    const sent: { status: number; body: string; headers: Readonly<Record<string, string>> }[] = [];
    const request: HttpRequest = {
      method: 'GET',
      path: pattern,
      params: [],
      query: '',
      requestId: 'req-1',
      authorization: '',
      idempotencyKey: undefined,
      contentType: '',
      ifMatch: '',
      body: new Uint8Array(0),
      ...parts,
    };
    await route?.handle(request, {
      open: true,
      send: (status, _type, body, headers = []) =>
        sent.push({ status, body: String(body), headers: Object.fromEntries(headers) }),
    });
    expect(sent).toHaveLength(1);
    return sent[0] as (typeof sent)[number];
  };
}

function tokenOf(userId: string, role: 'buyer' | 'admin' = 'buyer'): string {
  return `Bearer ${issueToken({ secret, userId, role, ttlSeconds: 60 })}`;
}

describe('reads', () => {
  it('answer 503 and invite a retry when a dependency is away, tell a queue that is being rebuilt apart, and name the fault', async () => {
    const told: unknown[] = [];
    const failing = (code: 'timeout' | 'unavailable' | 'fenced') =>
      routesWith({
        onFault: (fault, requestId) => told.push([fault.code, requestId]),
        sales: {
          view: () => Promise.reject(new Fault(code, 'gone')),
          list: () => Promise.reject(new Fault(code, 'gone')),
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
      expect(told.pop()).toEqual([code, 'req-1']);
    }
  });

  it('let any other fault through to the front, which answers 500', async () => {
    const call = routesWith({
      sales: { view: () => Promise.reject(new Fault('corrupt', 'bad row')), list: () => Promise.reject(new Error()) },
    });
    await expect(call('GET', '/v1/sales/:saleId', { params: ['demo'] })).rejects.toThrow('bad row');
  });

  it('do not ask for ids that cannot exist', async () => {
    const asked: string[] = [];
    const call = routesWith({
      sales: { view: async (id) => void asked.push(id), list: async () => ({ items: [] }) },
      orders: { find: async (id) => void asked.push(id), list: async () => ({ items: [] }) },
    });
    for (const id of ['', 'a b', 'x'.repeat(65), 'é']) {
      expect(await call('GET', '/v1/sales/:saleId', { params: [id] })).toMatchObject({ status: 404 });
    }
    for (const id of ['', 'demo', '1jg8z5e4t00000']) {
      expect(await call('GET', '/v1/orders/:orderId', { params: [id], authorization: tokenOf('u1') })).toMatchObject({
        status: 404,
      });
    }
    expect(asked).toEqual([]);
  });
});

describe('orders', () => {
  it('are asked for as the token says', async () => {
    const viewers: unknown[] = [];
    const call = routesWith({
      orders: {
        find: async (_id, viewer) => void viewers.push(viewer),
        list: async (_query, viewer) => {
          viewers.push(viewer);
          return { items: [] };
        },
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
  it('tell the time', async () => {
    expect((await routesWith({})('GET', '/v1/time')).body).toBe('{"now":"2026-01-02T03:04:05.006Z"}');
  });

  it.each([
    [true, false, 200, 'ready'],
    [false, false, 503, 'not_ready'],
    [true, true, 503, 'draining'],
  ])('are ready: %s, draining: %s, so /readyz answers %d', async (ready, draining, status, text) => {
    const dependencies = { queue: { state: ready ? 'up' : 'down', ...(ready ? {} : { detail: 'refused' }) } };
    const call = routesWith({ readiness: async () => ({ ready, dependencies }), draining: () => draining });
    const answer = await call('GET', '/readyz');
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ status: text, dependencies });
    expect('retry-after' in answer.headers).toBe(status === 503);
  });
});
