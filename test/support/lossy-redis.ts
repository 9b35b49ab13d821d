import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Servers } from '../../dev/servers/api.d.ts';
import { up } from './servers.ts';
import { tcpProxy } from './tcp-proxy.ts';

/** A Redis for one test at a stable address, which loses data as the test demands. */
export interface LossyRedis {
  readonly url: string;
  /** Kills it, and restarts it without the last bytes of its append-only file. */
  loseTail(bytes: number): Promise<void>;
  /** Empties it while it runs. */
  flush(): Promise<void>;
  /** Starts a replica. The returned function kills the master and promotes the replica, which lacks its last writes. */
  replicate(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

const LOCAL = { only: ['redis'], way: 'local' } as const;

/** Keeps the append-only file in one file: a rewrite would begin another. */
const ONE_FILE = ['--auto-aof-rewrite-percentage', '0'];

/** How long the replica is behind: long enough for dozens of purchases, but not for all of them. */
const REPLICA_BEHIND_MS = 100;

export async function lossyRedis(): Promise<LossyRedis> {
  const started: Servers[] = [];
  const start = async (...args: readonly string[]): Promise<Servers> => {
    const servers = await up({ ...LOCAL, args: { redis: [...ONE_FILE, ...args] } });
    started.push(servers);
    return servers;
  };
  const portOf = ({ urls }: Servers) => Number(new URL(urls.REDIS_URL as string).port);
  const on = async <T>({ urls }: Servers, task: (redis: Redis) => Promise<T>): Promise<T> => {
    const redis = new Redis(urls.REDIS_URL as string);
    try {
      return await task(redis);
    } finally {
      redis.disconnect();
    }
  };

  let master = await start();
  let proxy = await tcpProxy(portOf(master));
  return {
    url: `redis://127.0.0.1:${proxy.port}`,
    async loseTail(bytes) {
      await master.stop('redis', 'SIGKILL');
      const folder = join(master.dir, 'redis', 'appendonlydir');
      const name = readdirSync(folder).find((file) => file.endsWith('.incr.aof')) as string;
      const file = join(folder, name);
      truncateSync(file, Math.max(0, statSync(file).size - bytes));
      await master.start('redis');
    },
    flush: async () => {
      await on(master, (redis) => redis.flushall());
    },
    async replicate() {
      const replica = await start('--replicaof', '127.0.0.1', String(portOf(master)));
      await on(master, (redis) => redis.wait(1, 10_000));
      return async () => {
        // Cut off from the master before the clients are, so it lacks what is sold in between.
        await on(replica, (redis) => redis.replicaof('NO', 'ONE'));
        await delay(REPLICA_BEHIND_MS);
        await master.stop('redis', 'SIGKILL');
        const { port } = proxy;
        proxy.close();
        proxy = await tcpProxy(portOf(replica), port);
        master = replica;
      };
    },
    async stop() {
      proxy.close();
      for (const servers of started) await servers.stop();
    },
  };
}
