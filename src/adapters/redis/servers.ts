import type { Args, ConnectionOptions } from './connection.ts';
import { connectRedis } from './connection.ts';
import { soundKey } from './keys.ts';
import { CALL_TIMEOUT_MS } from './options.ts';
import { prepareScripts } from './prepare.ts';

/** The Redis, or the Redis Cluster, that holds the sales. */
export interface RedisServers {
  /** {@link import('./connection.ts').Connection.call} on the one that holds this sale. */
  call(saleId: string, command: string, args: Args, timeoutMs?: number): Promise<unknown>;
  /** Makes the scripts known where that is safe. Errors: Fault `fenced`, `unavailable`, `timeout`, `config`. */
  prepare(): Promise<void>;
  /** Whether `prepare` would succeed, sales apart: they have fences of their own. */
  serves(): Promise<boolean>;
  /** Lifts what keeps `prepare` from succeeding. For a recovery, when no sale is lost that it can rebuild. */
  declareSound(): Promise<void>;
  /** Resolves when one of them answers, rejects with a Fault otherwise. */
  ping(): Promise<void>;
  disconnect(): void;
}

export interface ServersOptions extends ConnectionOptions {
  /** Begins all keys. */
  readonly prefix: string;
}

export function connectSingle(options: ServersOptions): RedisServers {
  const { url, prefix, timeoutMs = CALL_TIMEOUT_MS } = options;
  const connection = connectRedis(options);
  return {
    call: (_saleId, command, args, limitMs) => connection.call(command, args, limitMs),
    prepare: () => prepareScripts({ url, prefix, timeoutMs }),
    serves: async () => {
      let own = '';
      const sound = await connection.call('GET', (runId) => {
        own = runId;
        return [soundKey(prefix)];
      });
      return sound === own;
    },
    declareSound: () => prepareScripts({ url, prefix, timeoutMs, declareSound: true }),
    ping: async () => {
      await connection.call('PING', []);
    },
    disconnect: () => connection.disconnect(),
  };
}
