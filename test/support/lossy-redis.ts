import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Servers } from '../../dev/servers/api.d.ts';
import { up } from './servers.ts';
import { tcpProxy } from './tcp-proxy.ts';

/** A Redis of a test's own, behind an address that stays, which loses what the test wants it to lose. */
export interface LossyRedis {
  readonly url: string;
  /** Killed, and back without the last bytes of its append-only file. */
  loseTail(bytes: number): Promise<void>;
  /** Emptied while it runs. */
  flush(): Promise<void>;
  /** Gives it a replica. The returned function kills it: the replica, which lacks its last moments, takes its place. */
  replicate(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

const LOCAL = { only: ['redis'], way: 'local' } as const;

/** One file: a rewrite would begin another. */
const ONE_FILE = ['--auto-aof-rewrite-percentage', '0'];

/** Long enough for dozens of purchases, short of all of them. */
const LAST_MOMENTS_MS = 100;

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
        // Cut off from its master before the others are: what is sold in between it never hears of.
        await on(replica, (redis) => redis.replicaof('NO', 'ONE'));
        await delay(LAST_MOMENTS_MS);
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
