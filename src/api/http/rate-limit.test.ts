import { describe, expect, it } from 'vitest';
import { MemoryRateCounter } from '../../../test/support/fakes/memory-rate-counter.ts';
import { liveRig } from '../../../test/support/live-rig.ts';
import { routesWith, tokenOf } from '../../../test/support/route-caller.ts';
import type { TrustedProxies } from '../../ports/http.ts';
import { RateLimit } from '../../resilience/rate-limit.ts';
import type { PurchaseRequest } from '../../streams/purchase/request.ts';
import { AddressLimit, NETWORK_FACTORS } from './address-limit.ts';
import { createClientKeys } from './client-address.ts';
import type { RateLimits } from './rate-limit.ts';

const PURCHASES = '/v1/sales/:saleId/purchases';
const ORDER = '/v1/orders/:orderId';

const now = () => 0;

function limitsOf({ buyer = 0, address = 0, proxies = { hops: 0 } as TrustedProxies }): RateLimits {
  const counter = new MemoryRateCounter({ now });
  const limitOf = (name: string, perSecond: number) =>
    new RateLimit({ name, perSecond: () => perSecond, counter, now });
  return {
    buyer: limitOf('buyer', buyer),
    address: new AddressLimit({
      client: limitOf('address', address),
      network56: limitOf('address', address * NETWORK_FACTORS.network56),
      network48: limitOf('address', address * NETWORK_FACTORS.network48),
      keysOf: createClientKeys(proxies),
    }),
  };
}

/** The routes, and the purchases that the limits let through. */
function api(limits: RateLimits) {
  const bought: PurchaseRequest[] = [];
  const call = routesWith({
    limits,
    purchases: {
      shouldShed: () => false,
      submit: (request) => {
        bought.push(request);
        request.respond({ kind: 'soldOut' });
      },
    },
    orders: {
      find: async () => undefined,
      list: async () => ({ items: [] }),
      pay: async () => ({ kind: 'unknown' }),
      cancel: async () => ({ kind: 'unknown' }),
    },
  });
  return {
    bought,
    call,
    buy: (userId: string, parts: object = {}) =>
      call('POST', PURCHASES, { params: ['sale-1'], authorization: tokenOf(userId), ...parts }),
    read: (userId: string, parts: object = {}) =>
      call('GET', ORDER, { params: ['123'], authorization: tokenOf(userId), ...parts }),
  };
}

describe('a limit per buyer', () => {
  it('refuses further requests with 429, the RateLimit headers and a randomised Retry-After', async () => {
    const { buy, bought } = api(limitsOf({ buyer: 2 }));
    const answers = [await buy('u1'), await buy('u1')];
    expect(answers.map(({ status }) => status)).toEqual([409, 409]);

    const waits = new Set<string>();
    for (let n = 0; n < 100; n += 1) {
      const { status, headers, body } = await buy('u1');
      expect(status).toBe(429);
      expect(JSON.parse(body)).toMatchObject({ code: 'rate_limited', instance: 'req-1' });
      expect(headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '0', 'ratelimit-reset': '1' });
      waits.add(String(headers['retry-after']));
    }
    // One second is left in the window, plus up to two seconds of spread.
    expect([...waits].toSorted()).toEqual(['2', '3']);
    expect(bought).toHaveLength(2);
  });

  it('is per buyer, and shared by purchases and orders', async () => {
    const { buy, read } = api(limitsOf({ buyer: 2 }));
    const statuses = [await buy('u1'), await read('u1'), await read('u1'), await buy('u1'), await buy('u2')];
    expect(statuses.map(({ status }) => status)).toEqual([409, 404, 429, 429, 409]);
  });

  it.each([
    ['GET', '/v1/orders'],
    ['GET', ORDER],
    ['POST', `${ORDER}/pay`],
    ['POST', `${ORDER}/cancel`],
  ])('applies to %s %s, which has the RateLimit headers in every answer', async (method, pattern) => {
    const { call } = api(limitsOf({ buyer: 2 }));
    const ask = () => call(method, pattern, { params: ['123'], authorization: tokenOf('u1') });
    const [first, , third] = [await ask(), await ask(), await ask()];
    expect(first.status).not.toBe(429);
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': '1' });
    expect(third.status).toBe(429);
  });

  it('applies to purchases over the live socket too, with the same answer', () => {
    const rig = liveRig({ rates: limitsOf({ buyer: 1 }) });
    const socket = rig.connect();
    socket.clientSends({ type: 'auth', id: 0, token: rig.token('u1') });
    socket.clientSends({ type: 'purchase', id: 1, saleId: 'sale-1' });
    socket.clientSends({ type: 'purchase', id: 2, saleId: 'sale-1' });
    const [, sold, refused] = socket.takeFrames() as { status?: number; body?: object }[];
    expect(sold).toMatchObject({ type: 'purchase', id: 1, status: 409 });
    expect(refused).toMatchObject({ type: 'purchase', id: 2, status: 429, body: { code: 'rate_limited' } });
    const authorization = `Bearer ${rig.token('u1')}`;
    expect(rig.overHttp('sale-1', 'req-9', { authorization })?.status).toBe(429);
  });

  it('leaves 401 to the handler, and does not count such requests', async () => {
    const { read } = api(limitsOf({ buyer: 1 }));
    for (let n = 0; n < 3; n += 1) expect((await read('u1', { authorization: 'Bearer x' })).status).toBe(401);
  });

  it('adds no headers when it is off', async () => {
    const { read } = api(limitsOf({}));
    expect((await read('u1')).headers).not.toHaveProperty('ratelimit-limit');
  });
});

describe('a limit per address', () => {
  it('refuses before the token is verified, whoever the buyer is', async () => {
    const { buy, read, bought } = api(limitsOf({ address: 2 }));
    await buy('u1');
    await read('u2', { authorization: '' });
    expect((await buy('u3')).status).toBe(429);
    expect((await read('u4', { authorization: '' })).status).toBe(429);
    expect((await buy('u3', { address: '192.0.2.99' })).status).toBe(409);
    expect(bought).toHaveLength(2);
  });

  it('counts the address that a trusted proxy reports, and ignores the header of any other sender', async () => {
    const { buy } = api(limitsOf({ address: 1, proxies: { networks: [{ address: '10.0.0.0', prefixLength: 8 }] } }));
    const through = (forwardedFor: string) => buy('u1', { address: '10.0.0.1', forwardedFor });
    expect((await through('192.0.2.1')).status).toBe(409);
    expect((await through('192.0.2.2')).status).toBe(409);
    expect((await through('198.51.100.7, 192.0.2.2')).status).toBe(429);

    const direct = (forwardedFor: string) => buy('u1', { address: '203.0.113.5', forwardedFor });
    expect((await direct('192.0.2.3')).status).toBe(409);
    expect((await direct('192.0.2.4')).status).toBe(429);
  });
});

it('does not limit other operations', async () => {
  const { call } = api(limitsOf({ buyer: 1, address: 1 }));
  for (let n = 0; n < 3; n += 1) expect((await call('GET', '/v1/time')).status).toBe(200);
});

describe('a limit per IPv6 address', () => {
  const ask = async (addresses: readonly string[], limit = 1) => {
    const { buy } = api(limitsOf({ address: limit }));
    const statuses: number[] = [];
    for (const address of addresses) statuses.push((await buy('u1', { address })).status);
    return statuses.filter((status) => status !== 429).length;
  };
  const many = (count: number, address: (n: string) => string) =>
    Array.from({ length: count }, (_, n) => address(n.toString(16)));

  it('is not passed with many networks: a /56 gets four times as much, a /48 sixteen times', async () => {
    expect(await ask(many(100, (n) => `2001:db8:1:2::${n}`))).toBe(1);
    expect(await ask(many(100, (n) => `2001:db8:1:${n}::1`))).toBe(4);
    expect(await ask(many(100, (n) => `2001:db8:1:${n}00::1`))).toBe(16);
    expect(
      await ask(
        many(100, (n) => `2001:db8:1:${n}00::1`),
        3,
      ),
    ).toBe(48);
    expect(await ask(many(100, (n) => `2001:db8:${n}::1`))).toBe(100);
    expect(await ask(many(100, (n) => `192.0.2.${Number.parseInt(n, 16)}`))).toBe(100);
  });

  it('counts for the wider networks only what the /64 was allowed', async () => {
    const flood = many(100, () => '2001:db8:1:2::1');
    expect(await ask([...flood, '2001:db8:1:3::1', '2001:db8:1:4::1'])).toBe(3);
  });
});
