import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Servers } from '../../dev/servers/api.d.ts';
import type { RedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import { createRedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import { openRedis } from '../../src/app/adapters/redis.ts';
import { openSale, purchase, purchases } from '../contract/fixtures.ts';
import { auditQueue } from '../support/queue-audit.ts';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { HAS_OWN_REDIS, up } from '../support/servers.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { tcpProxy } from '../support/tcp-proxy.ts';

/** With a Redis of its own, which is killed, runs out of memory and is disconnected. */
describe.skipIf(TEST_REDIS_URL === undefined || !HAS_OWN_REDIS)('a failing Redis, with TEST_REDIS_URL', () => {
  let servers: Servers;
  let url: string;
  let redis: Redis;
  const opened: { disconnect(): void }[] = [];

  beforeAll(async () => {
    // Synced at each write: with `everysec` a busy disk could delay writes that kill -9 must not lose here.
    servers = await up({ only: ['redis'], way: 'local', args: { redis: ['--appendfsync', 'always'] } });
    url = servers.urls.REDIS_URL ?? '';
    redis = new Redis(url);
    // It is killed on purpose.
    redis.on('error', () => {});
  });
  afterEach(() => {
    for (const one of opened.splice(0)) one.disconnect();
  });
  afterAll(async () => {
    redis.disconnect();
    await servers.stop();
  });

  /** Redis writes a new file in the background when the setting is turned on, and has none if it is killed before. */
  const appendOnly = async (state: 'yes' | 'no') => {
    await redis.config('SET', 'appendonly', state);
    const isWriting = /^aof_rewrite_(in_progress|scheduled):1|^rdb_bgsave_in_progress:1/m;
    await expect.poll(() => redis.info('persistence')).not.toMatch(isWriting);
  };

  let prefixes = 0;
  const open = (options: { readonly url?: string; readonly prefix?: string; readonly timeoutMs?: number } = {}) => {
    prefixes += 1;
    const adapter = createRedisTicketQueue({ url, prefix: `p${prefixes}:`, ...options });
    opened.push(adapter);
    return adapter;
  };
  const load = async ({ queue }: RedisTicketQueue) => {
    const sale = openSale();
    await queue.load(sale);
    return sale.id;
  };

  describe('a memory policy that may evict tickets', () => {
    it('is refused at the start and while it runs, until it is set right', async () => {
      const { queue, prepare } = open();
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await expect(prepare()).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('noeviction') });
      await expect(queue.ping()).rejects.toMatchObject({ code: 'config' });
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await prepare();
      await queue.ping();
    });
  });

  describe('settings that cost a pause after an outage', () => {
    const ON = 'set appendonly yes';
    const MINIMUM = 'set min-replicas-to-write 1';

    it('are reported as they change: no append-only file, and replicas that are not waited for', async () => {
      const { warnings } = open();
      expect(await warnings()).toEqual([]);
      await appendOnly('no');
      expect(await warnings()).toEqual([expect.stringContaining(ON)]);
      await appendOnly('yes');
      expect(await warnings()).toEqual([]);

      const replica = connect(Number(new URL(url).port), '127.0.0.1');
      replica.write('PSYNC ? -1\r\n');
      await expect.poll(warnings).toEqual([expect.stringContaining(MINIMUM)]);
      await redis.config('SET', 'min-replicas-to-write', '1');
      expect(await warnings()).toEqual([]);
      await redis.config('SET', 'min-replicas-to-write', '0');
      replica.destroy();
      await expect.poll(warnings).toEqual([]);
    });

    it('are logged once, and shown by readiness', async () => {
      await appendOnly('no');
      const lines: unknown[] = [];
      const log = { info: () => {}, error: () => {}, warn: (about: unknown) => lines.push(about) };
      const { port, close } = await openRedis({ url, keyPrefix: 'warned:', timeoutMs: 1000 }, log);
      const reason = expect.stringContaining(ON);
      await expect.poll(() => port.queue.warnings?.()).toEqual([reason]);
      expect(lines).toEqual([expect.objectContaining({ dependency: 'Redis', reason })]);
      await close();
      await appendOnly('yes');
    });
  });

  describe('the fence', () => {
    it('is closed before the scripts are loaded for the first time', async () => {
      await redis.script('FLUSH');
      const { queue } = open();

      await expect(queue.load(openSale())).rejects.toMatchObject({ code: 'fenced', retryable: false });
      await expect(queue.reserve('sale', 1, purchases(1))).rejects.toMatchObject({ code: 'fenced' });
      await expect(queue.stock('sale')).rejects.toMatchObject({ code: 'fenced' });
    });

    it('is lifted by one process for all', async () => {
      const [first, second] = [open({ prefix: 'shared:' }), open({ prefix: 'shared:' })];
      await Promise.all([first.prepare(), second.prepare()]);
      const saleId = await load(first);

      expect(await second.queue.reserve(saleId, 1, purchases(1))).toMatchObject({ stock: { remaining: 9 } });
    });

    it('is lifted again after the scripts were flushed, since nothing was lost', async () => {
      const adapter = open();
      await adapter.prepare();
      const saleId = await load(adapter);
      await redis.script('FLUSH');
      await expect(adapter.queue.stock(saleId)).rejects.toMatchObject({ code: 'fenced' });
      await adapter.prepare();

      expect(await adapter.queue.stock(saleId)).toMatchObject({ remaining: 10 });
    });

    it('stays closed after a restart until the state is recovered', async () => {
      const adapter = open();
      await adapter.prepare();
      const saleId = await load(adapter);
      await servers.stop('redis', 'SIGKILL');
      await servers.start('redis');

      await expect(adapter.prepare()).rejects.toMatchObject({ code: 'fenced' });
      await expect(adapter.queue.reserve(saleId, 1, purchases(1))).rejects.toMatchObject({ code: 'fenced' });
      const newcomer = open({ prefix: 'never seen:' });
      await newcomer.prepare();
      expect(await newcomer.queue.reserve(saleId, 1, purchases(1))).toEqual({ kind: 'unknownSale' });

      // The newcomer has loaded the scripts, which all installations share: only the sale's own fence is left.
      await expect(adapter.queue.reserve(saleId, 1, purchases(1))).rejects.toMatchObject({ code: 'fenced' });
    });
  });

  it('does nothing when its memory is full', async () => {
    const adapter = open();
    await adapter.prepare();
    const saleId = await load(adapter);
    await redis.config('SET', 'maxmemory', '1mb');
    await expect(adapter.queue.reserve(saleId, 1, purchases(3))).rejects.toMatchObject({ code: 'unavailable' });
    await redis.config('SET', 'maxmemory', '0');

    expect(await auditQueue(adapter.auditSource, saleId)).toMatchObject({
      held: 0,
      heldByBuyers: 0,
      remaining: 10,
      pending: 0,
    });
    expect(await adapter.queue.reserve(saleId, 1, purchases(3))).toMatchObject({ stock: { remaining: 7 } });
  });

  describe('behind a network', () => {
    let proxy: TcpProxy;

    const openProxied = async (timeoutMs?: number) => {
      proxy = await tcpProxy(Number(new URL(url).port));
      opened.push({ disconnect: proxy.close });
      const through = open({ url: `redis://127.0.0.1:${proxy.port}`, ...(timeoutMs && { timeoutMs }) });
      await through.prepare();
      const saleId = await load(through);
      return { queue: through.queue, auditSource: through.auditSource, saleId };
    };

    it('that cuts off a reply, receives the same purchases again and sells each once', async () => {
      const { queue, auditSource, saleId } = await openProxied();
      const items = purchases(3);
      proxy.cutNextReply();

      expect(await queue.reserve(saleId, 1, items)).toMatchObject({
        answers: [{ tickets: [1] }, { tickets: [2] }, { tickets: [3] }],
        stock: { remaining: 7 },
      });
      expect(await auditQueue(auditSource, saleId)).toMatchObject({
        held: 3,
        heldByBuyers: 3,
        remaining: 7,
        doubled: [],
      });
    });

    it('that swallows replies, is replaced by a new connection after a timeout', async () => {
      const { queue, saleId } = await openProxied(200);
      const item = purchase();
      proxy.blackhole();
      await expect(queue.reserve(saleId, 1, [item])).rejects.toMatchObject({ code: 'timeout', retryable: true });

      expect(await queue.reserve(saleId, 1, [item])).toMatchObject({ answers: [{ kind: 'reserved', tickets: [1] }] });
    });

    it('that is down, is reported, and used again after its recovery', async () => {
      const { queue, saleId } = await openProxied();
      await servers.stop('redis');
      await expect(queue.ping()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
      await servers.start('redis');

      await expect.poll(() => queue.ping().then(() => 'up', String), { timeout: 10_000 }).toBe('up');
      await expect(queue.stock(saleId)).rejects.toMatchObject({ code: 'fenced' });
    });
  });
});
