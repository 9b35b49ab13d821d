import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FrontPair, startFrontPair } from '../support/front-pair.ts';
import type { Client } from '../support/http-client.ts';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { type TcpProxy, tcpProxy } from '../support/tcp-proxy.ts';

const LIMIT = 50;
const LANES = 4;
const MS = 3000;

describe.skipIf(TEST_REDIS_URL === undefined)('two fronts that share a Redis and nothing else', () => {
  let proxy: TcpProxy;
  let pair: FrontPair;

  beforeAll(async () => {
    proxy = await tcpProxy(Number(new URL(TEST_REDIS_URL ?? '').port));
    const settings = { RATE_LIMIT_BUYER: String(LIMIT) };
    pair = await startFrontPair({ settings, lanes: LANES, redisUrl: `redis://127.0.0.1:${proxy.port}` });
  });

  afterAll(async () => {
    await pair.stop();
    proxy.close();
  });

  /** Requests the buyer's orders of both fronts as fast as they answer. */
  async function flood(userId: string, ms: number) {
    const token = pair.tokenOf(userId);
    const from = performance.now();
    const admitted = pair.clients.map(() => 0);
    const statuses = new Set<number>();
    const lane = async (client: Client, n: number) => {
      while (performance.now() - from < ms) {
        const { status } = await client.get('/v1/orders', token);
        statuses.add(status);
        if (status === 200) admitted[n] = (admitted[n] ?? 0) + 1;
      }
    };
    await Promise.all(pair.clients.flatMap((client, n) => Array.from({ length: LANES }, () => lane(client, n))));
    return { admitted, statuses, windows: Math.ceil((performance.now() - from) / 1000) };
  }

  const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

  test('admit a buyer who floods both of them to the limit once, not twice', async () => {
    const { admitted, statuses, windows } = await flood('greedy', MS);
    expect(statuses).toEqual(new Set([200, 429]));
    expect(sum(admitted)).toBeLessThanOrEqual(windows * LIMIT * 1.1);
    expect(sum(admitted)).toBeGreaterThan(LIMIT);
    for (const count of admitted) expect(count).toBeGreaterThan(0);
  });

  test('refuse one buyer and serve another, and say when to retry', async () => {
    await flood('greedy', 100);
    const [client] = pair.clients;
    const refused = await client.get('/v1/orders/1', pair.tokenOf('greedy'));
    // A new window may admit the first of them, but not all sixty.
    const answers = [
      refused,
      ...(await Promise.all(Array.from({ length: 60 }, () => client.get('/v1/orders/1', pair.tokenOf('greedy'))))),
    ];
    const last = answers.findLast(({ status }) => status === 429);
    expect(last?.headers).toMatchObject({ 'ratelimit-limit': String(LIMIT), 'ratelimit-remaining': '0' });
    expect(Number(last?.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(JSON.parse(last?.body ?? '')).toMatchObject({ code: 'rate_limited' });
    expect((await client.get('/v1/orders', pair.tokenOf('modest'))).status).toBe(200);
    expect((await client.get('/metrics')).body).toMatch(/^floodgate_rate_limited_total\{by="buyer"\} [1-9]/m);
  });

  test('count separately while Redis is unavailable', async () => {
    proxy.freeze();
    proxy.cut();
    const token = pair.tokenOf('alone');
    const untilRefused = async (client: Client) => {
      let admitted = 0;
      for (;;) {
        const answers = await Promise.all(Array.from({ length: LIMIT }, () => client.get('/v1/orders', token)));
        admitted += answers.filter(({ status }) => status === 200).length;
        if (answers.some(({ status }) => status === 429)) return admitted;
      }
    };
    for (const admitted of await Promise.all(pair.clients.map(untilRefused)))
      expect(admitted).toBeGreaterThanOrEqual(LIMIT);
    proxy.thaw();
  });
});
