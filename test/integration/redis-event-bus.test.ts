import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRedisEventBus, type RedisEventBus } from '../../src/adapters/redis/event-bus.ts';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import { freePort } from '../support/free-port.ts';
import { type RedisPrefix, redisPrefix, TEST_REDIS_URL } from '../support/redis-prefix.ts';

const SALE: BusEvent = { type: 'sale', saleId: 's' };

describe.skipIf(TEST_REDIS_URL === undefined)('events on Redis, with TEST_REDIS_URL', () => {
  let own: RedisPrefix;
  let events: RedisEventBus;
  let listener: Redis;

  beforeAll(async () => {
    own = redisPrefix();
    listener = new Redis(own.url);
    await listener.subscribe(`${own.prefix}events`);
    await new Promise<void>((resolve) => {
      events = createRedisEventBus({ ...own, onState: (state) => state === 'up' && resolve() });
    });
  });
  afterAll(async () => {
    events.disconnect();
    listener.disconnect();
    await own.drop();
  });

  it('are sent once per turn', async () => {
    const messages: string[] = [];
    listener.on('message', (_, text: string) => messages.push(text));
    for (let n = 0; n < 3; n += 1) events.events.publish(SALE);
    await once(listener, 'message');
    events.events.publish(SALE);
    await once(listener, 'message');

    expect(messages.map((text) => JSON.parse(text).length)).toEqual([3, 1]);
  });

  it('tolerate foreign messages on their channel', async () => {
    const received: BusEvent[] = [];
    const subscription = events.events.events$.subscribe((item) => received.push(item));
    for (const text of ['not JSON', '[{"type":"unknown"}]', '{}']) await own.redis.publish(`${own.prefix}events`, text);
    events.events.publish(SALE);
    await vi.waitFor(() => expect(received).toEqual([SALE]));
    subscription.unsubscribe();
  });
});

it('events are dropped without errors while there is no Redis', async () => {
  const reasons: string[] = [];
  const rejections: unknown[] = [];
  const onRejection = (error: unknown) => rejections.push(error);
  process.on('unhandledRejection', onRejection);
  const { events, disconnect } = createRedisEventBus({
    url: `redis://127.0.0.1:${await freePort()}`,
    prefix: 'unused:',
    onState: (state, reason) => reasons.push(`${state} ${reason}`),
  });
  events.publish(SALE);
  await vi.waitFor(() => expect(reasons.length).toBeGreaterThan(2));
  events.publish(SALE);
  await new Promise(setImmediate);
  disconnect();
  events.publish(SALE);
  await new Promise(setImmediate);
  process.off('unhandledRejection', onRejection);

  expect(reasons.every((reason) => /^down .*ECONNREFUSED/.test(reason))).toBe(true);
  expect(rejections).toEqual([]);
});
