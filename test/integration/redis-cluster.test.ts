import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRedisEventBus } from '../../src/adapters/redis/event-bus.ts';
import type { RedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import { createRedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import type { QueuedSale } from '../../src/ports/ticket-queue.ts';
import { openSale, purchases } from '../contract/fixtures.ts';
import { answersOf, ticketOf } from '../contract/ticket-queue/harness.ts';
import { type ClusterNode, type RedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { TEST_REDIS_URL } from '../support/redis-prefix.ts';
import { HAS_OWN_REDIS } from '../support/servers.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

describe.skipIf(TEST_REDIS_URL === undefined || !HAS_OWN_REDIS)('a Redis Cluster, with TEST_REDIS_URL', () => {
  let cluster: RedisCluster;
  const opened: { disconnect(): void }[] = [];

  beforeAll(async () => {
    cluster = await startRedisCluster(3, 1);
  });
  afterEach(() => {
    for (const one of opened.splice(0)) one.disconnect();
  });
  afterAll(() => cluster.stop());

  const open = async (url = cluster.url): Promise<RedisTicketQueue> => {
    const adapter = createRedisTicketQueue({ url, prefix: 'c:' });
    opened.push(adapter);
    await adapter.prepare();
    return adapter;
  };
  const nodeAt = (n: number) => cluster.nodes[n] as ClusterNode;
  /** A sale of this node's slots that is not loaded yet. */
  const saleOn = async (node: ClusterNode): Promise<QueuedSale> => {
    for (;;) {
      const sale = openSale();
      if ((await cluster.masterOf(sale.id)) === node) return sale;
    }
  };
  const buy = async ({ queue }: RedisTicketQueue, { id }: QueuedSale, count = 1) =>
    answersOf(await queue.reserve(id, 1, purchases(count))).map(ticketOf);

  it('sells on every master, and discovers them through one reachable node', async () => {
    const adapter = await open(`redis://127.0.0.1:1,${nodeAt(1).address}`);
    for (const node of cluster.nodes.slice(0, 3)) {
      const sale = await saleOn(node);
      await adapter.queue.load(sale);

      expect(await buy(adapter, sale, 2)).toEqual([1, 2]);
      expect(await node.redis.exists(`c:{${sale.id}}:queue`)).toBe(1);
    }
  });

  it('is followed when a slot moves to another node', async () => {
    const adapter = await open();
    const sale = await saleOn(nodeAt(1));
    const slot = Number(await nodeAt(1).redis.cluster('KEYSLOT', sale.id));
    for (const { redis } of [nodeAt(2), nodeAt(1), nodeAt(0)])
      await redis.cluster('SETSLOT', slot, 'NODE', nodeAt(2).id);
    await adapter.queue.load(sale);

    expect(await buy(adapter, sale)).toEqual([1]);
    expect(await nodeAt(2).redis.exists(`c:{${sale.id}}:queue`)).toBe(1);
  });

  it('fences a sale whose keys were moved, since a move cannot be told from a loss', async () => {
    const adapter = await open();
    const sale = await saleOn(nodeAt(1));
    await adapter.queue.load(sale);
    const slot = Number(await nodeAt(1).redis.cluster('KEYSLOT', sale.id));
    await nodeAt(2).redis.cluster('SETSLOT', slot, 'IMPORTING', nodeAt(1).id);
    await nodeAt(1).redis.cluster('SETSLOT', slot, 'MIGRATING', nodeAt(2).id);
    const keys = (await nodeAt(1).redis.cluster('GETKEYSINSLOT', slot, 100)) as string[];
    const [host, port] = nodeAt(2).address.split(':') as [string, string];
    await nodeAt(1).redis.call('MIGRATE', host, port, '', '0', '5000', 'KEYS', ...keys);
    await expect(buy(adapter, sale)).rejects.toMatchObject({ code: 'unavailable' });
    for (const { redis } of [nodeAt(2), nodeAt(1), nodeAt(0)])
      await redis.cluster('SETSLOT', slot, 'NODE', nodeAt(2).id);

    await expect(buy(adapter, sale)).rejects.toMatchObject({ code: 'fenced' });
  });

  it('keeps selling on live masters while another one is down, and fences the sales of that one after its restart', async () => {
    const adapter = await open();
    const [lost, sound] = [await saleOn(nodeAt(1)), await saleOn(nodeAt(2))];
    for (const sale of [lost, sound]) await adapter.queue.load(sale);
    await nodeAt(1).servers.stop('redis', 'SIGKILL');

    await expect(buy(adapter, lost)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(await buy(adapter, sound)).toEqual([1]);
    await expect(adapter.queue.ping()).resolves.toBeUndefined();

    await nodeAt(1).servers.start('redis');
    await vi.waitFor(() => expect(adapter.prepare()).resolves.toBeUndefined(), PATIENCE);
    // A node serves only two seconds after its start.
    await vi.waitFor(() => expect(buy(adapter, lost)).rejects.toMatchObject({ code: 'fenced' }), PATIENCE);
    const fresh = await saleOn(nodeAt(1));
    await adapter.queue.load(fresh);
    expect(await buy(adapter, fresh)).toEqual([1]);
  });

  it('fences the sales of a master that failed over, before and after the scripts are loaded on its replica', async () => {
    const adapter = await open();
    const sale = await saleOn(nodeAt(0));
    await adapter.queue.load(sale);
    expect(await buy(adapter, sale)).toEqual([1]);
    // Its replica has all writes, which no client can know.
    await nodeAt(0).redis.wait(1, 5000);
    await nodeAt(0).servers.stop('redis', 'SIGKILL');
    await vi.waitFor(async () => expect(await cluster.masterOf(sale.id)).toBe(nodeAt(3)), PATIENCE);

    await vi.waitFor(() => expect(buy(adapter, sale)).rejects.toMatchObject({ code: 'fenced' }), PATIENCE);
    await adapter.prepare();
    await expect(buy(adapter, sale)).rejects.toThrow(/FENCED/);
    const fresh = await saleOn(nodeAt(3));
    await adapter.queue.load(fresh);
    expect(await buy(adapter, fresh)).toEqual([1]);
    await nodeAt(0).servers.start('redis');
  });

  it('delivers events between nodes, and over the next one when a node dies', async () => {
    const received: BusEvent[][] = [[], []];
    const members = [nodeAt(1), nodeAt(2)].map(({ address }, n) => {
      const own = createRedisEventBus({ url: `redis://${address},${nodeAt(3).address}`, prefix: 'c:' });
      opened.push(own);
      own.events.events$.subscribe((item) => received[n]?.push(item));
      return own.events;
    });
    const allReceive = (saleId: string) =>
      vi.waitFor(() => {
        for (const { publish } of members) publish({ type: 'sale', saleId });
        for (const items of received)
          expect(items.filter((i) => i.type === 'sale' && i.saleId === saleId).length).toBeGreaterThan(4);
      }, PATIENCE);
    await allReceive('before');
    await nodeAt(2).servers.stop('redis', 'SIGKILL');
    await allReceive('after');
    await nodeAt(2).servers.start('redis');
  });
});
