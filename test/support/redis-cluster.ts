import { Redis } from 'ioredis';
import { vi } from 'vitest';
import type { Servers } from '../../dev/servers/api.d.ts';
import { freePort } from './free-port.ts';
import { up } from './servers.ts';

const SLOTS = 16_384;

/** A master without an answer for this long is considered failed: short, so that tests of a failover are fast. */
const NODE_TIMEOUT_MS = 1500;

export interface ClusterNode {
  readonly servers: Servers;
  /** A plain connection, to inspect the node and to break it. */
  readonly redis: Redis;
  /** host:port */
  readonly address: string;
  readonly id: string;
}

export interface RedisCluster {
  /** All nodes, as REDIS_URL names them. */
  readonly url: string;
  /** The masters at the start, then their replicas in the same order. */
  readonly nodes: readonly ClusterNode[];
  /** The node that, according to the others, serves the keys with this hash tag now. */
  masterOf(tag: string): Promise<ClusterNode>;
  stop(): Promise<void>;
}

/** A Redis Cluster for one test. Errors: Unsupported without redis-server on this machine. */
export async function startRedisCluster(masters: number, replicas = 0): Promise<RedisCluster> {
  const nodes: ClusterNode[] = [];
  const stop = async () => {
    for (const { redis } of nodes) redis.disconnect();
    await Promise.all(nodes.map(({ servers }) => servers.stop()));
  };
  try {
    for (let n = 0; n < masters + replicas; n += 1) nodes.push(await startNode());
    await formCluster(nodes, masters);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `redis://${nodes.map(({ address }) => address).join(',')}`,
    nodes,
    masterOf: async (tag) => {
      const asked = nodes.find(({ servers }) => servers.pid('redis') !== undefined)?.redis as Redis;
      const slot = Number(await asked.cluster('KEYSLOT', tag));
      const ranges = (await asked.cluster('SLOTS')) as unknown as [number, number, [string, number, string]][];
      const id = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2][2];
      const master = nodes.find((node) => node.id === id);
      if (master === undefined) throw new Error(`no node serves slot ${slot}`);
      return master;
    },
    stop,
  };
}

async function startNode(): Promise<ClusterNode> {
  // The default bus port, 10,000 above, is in the range of outgoing connections.
  const busPort = await freePort();
  const args = [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
    ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS), '--appendfsync', 'always'],
    // Live masters keep serving while others are down.
    ...['--cluster-require-full-coverage', 'no'],
  ];
  const servers = await up({ only: ['redis'], way: 'local', args: { redis: args } });
  const url = servers.urls.REDIS_URL as string;
  const redis = new Redis(url);
  // It is killed on purpose.
  redis.on('error', () => {});
  return { servers, redis, address: new URL(url).host, id: (await redis.cluster('MYID')) as string };
}

async function formCluster(nodes: readonly ClusterNode[], masters: number): Promise<void> {
  const [first] = nodes as [ClusterNode];
  const share = Math.ceil(SLOTS / masters);
  for (const [n, { redis }] of nodes.entries()) {
    await redis.cluster('SET-CONFIG-EPOCH', n + 1);
    if (n < masters) await redis.cluster('ADDSLOTSRANGE', n * share, Math.min(SLOTS, (n + 1) * share) - 1);
  }
  for (const { redis } of nodes.slice(1)) {
    const [, , busPort] = /:(\d+)@(\d+)/.exec((await first.redis.cluster('NODES')) as string) ?? [];
    const [host, port] = first.address.split(':');
    await redis.call('CLUSTER', 'MEET', host as string, port as string, busPort as string);
  }
  const all = (check: (node: ClusterNode) => Promise<void>) =>
    vi.waitFor(() => Promise.all(nodes.map(check)), { timeout: 20_000, interval: 50 });
  const knows = async (redis: Redis, count: number) => {
    const known = ((await redis.cluster('NODES')) as string).match(/ connected/g)?.length;
    if (known !== count) throw new Error(`a node knows ${known} of ${count}`);
  };
  await all(({ redis }) => knows(redis, nodes.length));
  for (const [n, { redis }] of nodes.slice(masters).entries()) {
    await redis.cluster('REPLICATE', (nodes[n] as ClusterNode).id);
  }
  await all(async ({ redis }) => {
    if (!((await redis.cluster('INFO')) as string).includes('cluster_state:ok')) throw new Error('no sound cluster');
  });
  await all(async (node) => {
    const replicates = nodes.indexOf(node) >= masters;
    const info = await node.redis.info('replication');
    if (replicates && !info.includes('master_link_status:up')) throw new Error('a replica is not in sync');
  });
}
