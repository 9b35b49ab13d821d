import { stockVersion } from '../../domain/stock.ts';
import type { QueueAuditSource } from '../../ports/audit-source.ts';
import type { QueueRecovery } from '../../ports/queue-recovery.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import { createRedisAuditSource } from './audit-source.ts';
import { connectCluster } from './cluster.ts';
import type { ConnectionOptions } from './connection.ts';
import { lacksScripts } from './faults.ts';
import { keysOf } from './keys.ts';
import { reservationOf } from './ledger-entry.ts';
import { nodeUrls } from './node-urls.ts';
import { createRedisRecovery } from './recovery.ts';
import { replyOf } from './reserve-reply.ts';
import type { ScriptName } from './scripts.ts';
import { SCRIPTS } from './scripts.ts';
import { connectSingle } from './servers.ts';
import { shareMarks } from './shared-marks.ts';

export interface RedisQueueOptions extends ConnectionOptions {
  /** One Redis, or nodes of a Redis Cluster; see node-urls.ts. */
  readonly url: string;
  /** Begins all keys; several installations may share a Redis. No braces. @default 'floodgate:' */
  readonly prefix?: string;
  /** A call was refused for want of the scripts: time to `prepare`. */
  readonly onScriptsMissing?: () => void;
}

export interface RedisTicketQueue {
  readonly queue: TicketQueue;
  readonly recovery: QueueRecovery;
  readonly auditSource: QueueAuditSource;
  /**
   * Loads the scripts if Redis is new or known to be sound; see prepare.ts, and cluster.ts. To be called at the start of
   * each process, and again after a fault. Until it has succeeded on that Redis, the queue rejects with `fenced`.
   * Errors: Fault `fenced`, `unavailable`, `timeout`, `config`.
   */
  prepare(): Promise<void>;
  /** Sends what waits for company, which is no more than what is published; resolves when it was answered, well or not. */
  flush(): Promise<void>;
  disconnect(): void;
}

export const DEFAULT_PREFIX = 'floodgate:';

/** Redis serves nobody else while it runs a script: 25,000 tickets take it about 5 ms. */
const TICKETS_PER_LOAD = 25_000;

/** What release.lua does with the tickets. */
const RETURN = 1;
const FORFEIT = 0;

/** The ticket queue on Redis: one Lua script for each call, so that each is atomic. */
export function createRedisTicketQueue(options: RedisQueueOptions): RedisTicketQueue {
  const { url, prefix = DEFAULT_PREFIX, onScriptsMissing } = options;
  const urls = nodeUrls(url);
  const servers = urls.length > 1 ? connectCluster({ ...options, urls }) : connectSingle({ ...options, prefix });

  /** EVALSHA and never EVAL: a script that Redis doesn't know is the fence of a queue that may have been rewound. */
  const evaluate = async (name: ScriptName, saleId: string, args: readonly (string | number)[]) => {
    const { sha, keys } = SCRIPTS[name];
    const own = [sha, keys.length, ...keysOf(prefix, saleId, keys), ...args];
    try {
      return await servers.call(saleId, 'EVALSHA', (runId) => [...own, runId]);
    } catch (error) {
      if (lacksScripts(error)) onScriptsMissing?.();
      throw error;
    }
  };

  const marks = shareMarks(async (saleId, epoch, orderIds) => {
    await evaluate('published', saleId, [epoch, ...orderIds]);
  });
  const auditSource = createRedisAuditSource(evaluate);
  const queue: TicketQueue = {
    incarnation: async (saleId) => (await evaluate('incarnation', saleId, [])) as string,

    async load({ id, epoch, total, perBuyerLimit, opensAt, closesAt }, life = '') {
      const args = [epoch, total, perBuyerLimit, opensAt, closesAt, TICKETS_PER_LOAD, life];
      while ((await evaluate('load', id, args)) !== 0);
    },

    async reserve(saleId, epoch, items, maxAttempts = 0) {
      const fields: string[] = [];
      for (const { orderId, userId, key, fingerprint } of items) fields.push(orderId, userId, key, fingerprint);
      const name = maxAttempts === 0 ? 'reserve' : 'reserveCounting';
      // One text for all: as arguments of their own they take twice as long to write.
      const reply = await evaluate(name, saleId, [epoch, maxAttempts, JSON.stringify(fields)]);
      return replyOf(reply, epoch, items.length);
    },

    async published(saleId, epoch, orderIds) {
      if (orderIds.length > 0) await marks.mark(saleId, epoch, orderIds);
    },

    async claimStranded(saleId, { leaseMs, max }) {
      const flat = (await evaluate('claimStranded', saleId, [leaseMs, max])) as readonly string[];
      return pairsOf(flat).map(([orderId, entry]) => reservationOf(orderId, entry));
    },

    async release(saleId, orderIds) {
      if (orderIds.length === 0) return [];
      return (await evaluate('release', saleId, [RETURN, ...orderIds])) as readonly string[];
    },

    async forfeit(saleId, orderIds) {
      if (orderIds.length > 0) await evaluate('release', saleId, [FORFEIT, ...orderIds]);
    },

    async close(saleId, epoch) {
      await evaluate('close', saleId, [epoch]);
    },

    async stock(saleId) {
      const raw = (await evaluate('stock', saleId, [])) as readonly [number, number, number] | null;
      if (raw === null) return undefined;
      const [remaining, epoch, changes] = raw;
      return { remaining, version: stockVersion(epoch, changes) };
    },

    async find(saleId, orderId) {
      const entry = (await evaluate('find', saleId, [orderId])) as string | null;
      return entry === null ? undefined : reservationOf(orderId, entry);
    },

    ping: () => servers.ping(),
  };

  return {
    queue,
    recovery: createRedisRecovery(servers, prefix),
    auditSource,
    prepare: () => servers.prepare(),
    flush: () => marks.flush(),
    disconnect: () => servers.disconnect(),
  };
}

function pairsOf(flat: readonly string[]): (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] as string, flat[2 * i + 1] as string]);
}
