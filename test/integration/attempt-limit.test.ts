import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { newName } from '../contract/fixtures.ts';
import { type FrontPair, startFrontPair } from '../support/front-pair.ts';
import { inParallel } from '../support/http-client.ts';
import { inOneMinute } from '../support/in-one-minute.ts';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';

const LIMIT = 20;
const ATTEMPTS = 50;
const LANES = 10;
const SALE = 'hammered';

describe.skipIf(TEST_REDIS_URL === undefined)('two fronts that share the ticket queue', () => {
  let pair: FrontPair;

  beforeAll(async () => {
    pair = await startFrontPair({ settings: { RATE_LIMIT_ATTEMPTS: String(LIMIT) }, lanes: LANES, sale: SALE });
  });
  afterAll(() => pair.stop());

  const buy = (n: number, userId: string, key: string) =>
    pair.clients[n % 2 === 0 ? 0 : 1].purchase({ saleId: SALE, token: pair.tokenOf(userId), key });
  const count = (statuses: readonly number[], wanted: number) => statuses.filter((status) => status === wanted).length;

  test('admit exactly as many of a buyer’s 50 attempts within a minute as the limit allows', async () => {
    await inOneMinute(async () => {
      const userId = newName('user');
      const answers = await inParallel(ATTEMPTS, LANES, (n) => buy(n, userId, `click-${n}`));
      const statuses = answers.map(({ status }) => status);

      expect(count(statuses, 201)).toBe(1);
      expect(count(statuses, 409)).toBe(LIMIT - 1);
      expect(count(statuses, 429)).toBe(ATTEMPTS - LIMIT);
      const refused = answers.find(({ status }) => status === 429);
      expect(JSON.parse(refused?.body ?? '')).toMatchObject({ code: 'rate_limited' });
      expect(refused?.headers).toMatchObject({ 'ratelimit-limit': String(LIMIT), 'ratelimit-remaining': '0' });
      const [reset, retryAfter] = ['ratelimit-reset', 'retry-after'].map((name) => Number(refused?.headers[name]));
      expect(reset).toBeLessThanOrEqual(60);
      expect(retryAfter).toBeGreaterThanOrEqual(reset as number);
    });
  });

  test('replay an order to a buyer over the limit, and sell to another buyer', async () => {
    await inOneMinute(async () => {
      const userId = newName('user');
      const first = await buy(0, userId, 'first');
      expect(first.status).toBe(201);
      const others = await inParallel(LIMIT, LANES, (n) => buy(n, userId, `other-${n}`));
      expect(others.map(({ status }) => status)).toContain(429);

      const again = await Promise.all([0, 1].map((n) => buy(n, userId, 'first')));
      expect(again.map(({ status, body }) => [status, body])).toEqual([
        [201, first.body],
        [201, first.body],
      ]);
      expect((await buy(1, newName('user'), 'k')).status).toBe(201);
    });
  });

  test('apply a limit that an admin changes, each its own', async () => {
    const [first] = pair.clients;
    const admin = pair.tokenOf('boss', 'admin');
    expect((await first.call('PATCH', '/v1/admin/settings', admin, { limits: { attempts: 2 } })).status).toBe(200);
    await vi.waitFor(
      async () =>
        expect((await first.get('/metrics')).body).toMatch(/^floodgate_setting\{name="limits.attempts"\} 2$/m),
      { timeout: 10_000 },
    );

    await inOneMinute(async () => {
      const userId = newName('user');
      const statuses: number[] = [];
      // The second front keeps the limit of its environment: the fronts share the count, not the settings.
      for (const front of [0, 0, 0, 1, 0]) {
        statuses.push((await buy(front, userId, `click-${statuses.length}`)).status);
      }
      expect(statuses).toEqual([201, 409, 429, 409, 429]);
    });
    expect((await first.get('/metrics')).body).toMatch(
      /^floodgate_purchases_refused_total\{code="rate_limited"\} [1-9]/m,
    );
  });
});
