import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRedisNews, type RedisNews } from '../../src/adapters/redis/news.ts';
import type { NewsItem } from '../../src/ports/news.ts';
import { freePort } from '../support/free-port.ts';
import { type RedisPrefix, redisPrefix, TEST_REDIS_URL } from '../support/redis-prefix.ts';

const SALE: NewsItem = { type: 'sale', saleId: 's' };

describe.skipIf(TEST_REDIS_URL === undefined)('news on Redis, with TEST_REDIS_URL', () => {
  let own: RedisPrefix;
  let news: RedisNews;
  let listener: Redis;

  beforeAll(async () => {
    own = redisPrefix();
    listener = new Redis(own.url);
    await listener.subscribe(`${own.prefix}news`);
    await new Promise<void>((resolve) => {
      news = createRedisNews({ ...own, onState: (state) => state === 'up' && resolve() });
    });
  });
  afterAll(async () => {
    news.disconnect();
    listener.disconnect();
    await own.drop();
  });

  it('go out once a turn', async () => {
    const messages: string[] = [];
    listener.on('message', (_, text: string) => messages.push(text));
    for (let n = 0; n < 3; n += 1) news.news.tell(SALE);
    await once(listener, 'message');
    news.news.tell(SALE);
    await once(listener, 'message');

    expect(messages.map((text) => JSON.parse(text).length)).toEqual([3, 1]);
  });

  it('outlive what somebody else publishes on their channel', async () => {
    const heard: NewsItem[] = [];
    const subscription = news.news.news$.subscribe((item) => heard.push(item));
    for (const text of ['not JSON', '[{"type":"who knows"}]', '{}']) await own.redis.publish(`${own.prefix}news`, text);
    news.news.tell(SALE);
    await vi.waitFor(() => expect(heard).toEqual([SALE]));
    subscription.unsubscribe();
  });
});

it('news are dropped while there is no Redis, and nobody is bothered', async () => {
  const reasons: string[] = [];
  const rejections: unknown[] = [];
  const onRejection = (error: unknown) => rejections.push(error);
  process.on('unhandledRejection', onRejection);
  const { news, disconnect } = createRedisNews({
    url: `redis://127.0.0.1:${await freePort()}`,
    prefix: 'nobody:',
    onState: (state, reason) => reasons.push(`${state} ${reason}`),
  });
  news.tell(SALE);
  await vi.waitFor(() => expect(reasons.length).toBeGreaterThan(2));
  news.tell(SALE);
  await new Promise(setImmediate);
  disconnect();
  news.tell(SALE);
  await new Promise(setImmediate);
  process.off('unhandledRejection', onRejection);

  expect(reasons.every((reason) => /^down .*ECONNREFUSED/.test(reason))).toBe(true);
  expect(rejections).toEqual([]);
});
