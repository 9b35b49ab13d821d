import type { Args, ConnectionOptions } from './connection.ts';
import { connectRedis } from './connection.ts';
import { CALL_TIMEOUT_MS } from './options.ts';
import { prepareScripts } from './prepare.ts';

/** The Redis, or the Redis Cluster, that holds the sales. */
export interface RedisServers {
  /** {@link import('./connection.ts').Connection.call} on the one that holds this sale. */
  call(saleId: string, command: string, args: Args, timeoutMs?: number): Promise<unknown>;
  /** Makes the scripts known where that is safe. Errors: Fault `fenced`, `unavailable`, `timeout`, `config`. */
  prepare(): Promise<void>;
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
    prepare: () => prepareScripts(url, prefix, timeoutMs),
    ping: async () => {
      await connection.call('PING', []);
    },
    disconnect: () => connection.disconnect(),
  };
}
