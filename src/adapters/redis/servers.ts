import type { Args, Connection, ConnectionOptions } from './connection.ts';
import { connectRedis } from './connection.ts';
import { durabilityWarnings } from './durability.ts';
import { assertKeepsKeys } from './eviction.ts';
import { soundKey } from './keys.ts';
import { CALL_TIMEOUT_MS } from './options.ts';
import { prepareScripts } from './prepare.ts';

/** The Redis, or the Redis Cluster, that holds the sales. */
export interface RedisServers {
  /** {@link import('./connection.ts').Connection.call} on the Redis that holds this sale. */
  call(saleId: string, command: string, args: Args, timeoutMs?: number): Promise<unknown>;
  /** Loads the scripts where that is safe. Errors: Fault `fenced`, `unavailable`, `timeout`, `config`. */
  prepare(): Promise<void>;
  /** Whether `prepare` would succeed. Says nothing of single sales, which have fences of their own. */
  serves(): Promise<boolean>;
  /** The run_id of the only Redis, while it serves; undefined in a cluster. */
  incarnation(): Promise<string | undefined>;
  /** How many sales' keys one command may name. */
  readonly salesPerCommand: number;
  /** Removes what keeps `prepare` from succeeding. For a recovery that has rebuilt all lost sales that it can. */
  declareSound(): Promise<void>;
  /** Resolves when one of them answers and evicts no sale's keys, rejects with a Fault otherwise. */
  ping(): Promise<void>;
  /** What to change in their settings; see durability.ts. Errors: Fault `unavailable`, `timeout`. */
  warnings(): Promise<readonly string[]>;
  disconnect(): void;
}

export interface ServersOptions extends ConnectionOptions {
  /** Begins all keys. */
  readonly prefix: string;
}

export async function warningsOf({ call }: Pick<Connection, 'call'>): Promise<readonly string[]> {
  // One after the other: Redis 6 does not know several sections in one call.
  const sections = [await call('INFO', ['persistence']), await call('INFO', ['replication'])];
  return durabilityWarnings(sections.join('\n'));
}

/** Redis takes some 50 us to look for so many keys. */
const SALES_PER_COMMAND = 250;

export function connectSingle(options: ServersOptions): RedisServers {
  const { url, prefix, timeoutMs = CALL_TIMEOUT_MS } = options;
  const connection = connectRedis(options);
  const incarnation = async (): Promise<string | undefined> => {
    let ownRunId = '';
    const soundRunId = await connection.call('GET', (runId) => {
      ownRunId = runId;
      return [soundKey(prefix)];
    });
    return soundRunId === ownRunId ? ownRunId : undefined;
  };
  return {
    call: (_saleId, command, args, limitMs) => connection.call(command, args, limitMs),
    prepare: () => prepareScripts({ url, prefix, timeoutMs }),
    serves: async () => (await incarnation()) !== undefined,
    incarnation,
    salesPerCommand: SALES_PER_COMMAND,
    declareSound: () => prepareScripts({ url, prefix, timeoutMs, declareSound: true }),
    ping: async () => {
      assertKeepsKeys(await connection.call('INFO', ['memory']));
    },
    warnings: () => warningsOf(connection),
    disconnect: () => connection.disconnect(),
  };
}
