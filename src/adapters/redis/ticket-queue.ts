import { stockVersion } from '../../domain/stock.ts';
import type { QueueAuditSource } from '../../ports/audit-source.ts';
import type { QueueRecovery } from '../../ports/queue-recovery.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import { createRedisAuditSource } from './audit-source.ts';
import { connectCluster } from './cluster.ts';
import type { ConnectionOptions } from './connection.ts';
import { createEvaluate, type Evaluate } from './evaluate.ts';
import { reservationOf } from './ledger-entry.ts';
import { nodeUrls } from './node-urls.ts';
import { batchPublished } from './published-batcher.ts';
import { createRedisRecovery } from './recovery.ts';
import { removeSale } from './remove-sale.ts';
import { replyOf } from './reserve-reply.ts';
import { connectSingle } from './servers.ts';
import { type EvaluateShared, shareCalls } from './shared-calls.ts';
import { ticketListOf } from './ticket-list.ts';
import { withUnpublished } from './unpublished.ts';

export interface RedisQueueOptions extends ConnectionOptions {
  /** One Redis, or nodes of a Redis Cluster; see node-urls.ts. */
  readonly url: string;
  /** Begins all keys; several installations may share a Redis. No braces. @default 'floodgate:' */
  readonly prefix?: string;
  /** Called when a call was rejected because Redis does not know the scripts: `prepare` is needed. */
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
  /** What to change in the settings of Redis; see durability.ts. Errors: Fault `unavailable`, `timeout`. */
  warnings(): Promise<readonly string[]>;
  /** Sends the calls of `published` that wait to share one; resolves when they are answered, successfully or not. */
  flush(): Promise<void>;
  disconnect(): void;
}

export const DEFAULT_PREFIX = 'floodgate:';

/** Redis runs nothing else while it runs a script: 25,000 tickets take it about 5 ms. */
const TICKETS_PER_LOAD = 25_000;

/** Replies of update.lua in place of the number of tickets left. */
const UNKNOWN_SALE = -1;
const OTHER_EPOCH = -2;

/** The first argument of release.lua. */
const RETURN = 1;
const FORFEIT = 0;

/** The ticket queue on Redis: one Lua script for each call, so that each is atomic. */
export function createRedisTicketQueue(options: RedisQueueOptions): RedisTicketQueue {
  const { url, prefix = DEFAULT_PREFIX, onScriptsMissing } = options;
  const urls = nodeUrls(url);
  const servers = urls.length > 1 ? connectCluster({ ...options, urls }) : connectSingle({ ...options, prefix });
  const evaluate = createEvaluate({ servers, prefix, onScriptsMissing });
  const evaluateShared = shareCalls({ servers, prefix, onScriptsMissing }, evaluate);
  const batcher = batchPublished(async (saleId, epoch, orderIds) => {
    await evaluateShared('published', saleId, [epoch, ...orderIds], orderIds.length);
  });
  const auditSource = createRedisAuditSource(evaluate);

  return {
    queue: {
      ...createCalls(evaluate, evaluateShared),
      published: async (saleId, epoch, orderIds) => {
        if (orderIds.length > 0) await batcher.add(saleId, epoch, orderIds);
      },
      remove: (saleId) => removeSale(servers, prefix, saleId),
      withUnpublished: (saleIds) => withUnpublished(servers, prefix, saleIds),
      ping: () => servers.ping(),
    },
    recovery: createRedisRecovery(servers, prefix),
    auditSource,
    prepare: () => servers.prepare(),
    warnings: () => servers.warnings(),
    flush: () => batcher.flush(),
    disconnect: () => servers.disconnect(),
  };
}

/** The calls that are one script each. */
function createCalls(
  evaluate: Evaluate,
  evaluateShared: EvaluateShared,
): Omit<TicketQueue, 'published' | 'remove' | 'withUnpublished' | 'ping'> {
  return {
    incarnation: async (saleId) => (await evaluate('incarnation', saleId, [])) as string,

    async load({ id, epoch, total, perBuyerLimit, opensAt, closesAt }, incarnation = '') {
      const args = [epoch, total, perBuyerLimit, opensAt, closesAt, TICKETS_PER_LOAD, incarnation];
      while ((await evaluate('load', id, args)) !== 0);
    },

    async reserve(saleId, epoch, items, maxAttempts = 0, maxEnded = 0) {
      const fields: string[] = [];
      let areSingle = true;
      for (const { orderId, userId, key, fingerprint, quantity } of items) {
        fields.push(orderId, userId, key, fingerprint);
        areSingle &&= quantity === 1;
      }
      const quantities = areSingle ? '' : JSON.stringify(items.map(({ quantity }) => quantity));
      const name = maxAttempts === 0 ? 'reserve' : 'reserveCounting';
      // One argument for all of them: as separate arguments they take twice as long to write.
      const args = [epoch, maxAttempts, JSON.stringify(fields), maxEnded, quantities];
      const reply = await evaluateShared(name, saleId, args, items.length);
      return replyOf(reply, epoch, items.length);
    },

    async claimStranded(saleId, { leaseMs, max }) {
      const flat = (await evaluate('claimStranded', saleId, [leaseMs, max])) as readonly string[];
      return pairsOf(flat).map(([orderId, entry]) => reservationOf(orderId, entry));
    },

    async release(saleId, orderIds) {
      if (orderIds.length === 0) return [];
      return (await evaluate('release', saleId, [RETURN, ...orderIds])) as readonly string[];
    },

    async forfeit(saleId, orders) {
      if (orders.length === 0) return;
      const pairs = orders.flatMap(({ orderId, tickets }) => [orderId, ticketListOf(tickets)]);
      await evaluate('release', saleId, [FORFEIT, ...pairs]);
    },

    async update({ id, epoch, version, paused, closesAt, total }) {
      const args = [epoch, version, paused ? 1 : 0, closesAt, total, TICKETS_PER_LOAD];
      for (;;) {
        const left = (await evaluate('update', id, args)) as number;
        if (left === UNKNOWN_SALE) return 'unknownSale';
        if (left === OTHER_EPOCH) return 'stale';
        if (left === 0) return 'updated';
      }
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
  };
}

function pairsOf(flat: readonly string[]): (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] as string, flat[2 * i + 1] as string]);
}
