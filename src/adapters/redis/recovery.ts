import { randomUUID } from 'node:crypto';
import { chunked } from '../../domain/chunked.ts';
import { Fault } from '../../domain/errors.ts';
import type {
  KnownOrder,
  QueueRecovery,
  QueueState,
  RebuildResult,
  RebuiltSale,
  RecoveryStep,
} from '../../ports/queue-recovery.ts';
import { keysOf } from './keys.ts';
import type { RecoveryScriptName } from './scripts.ts';
import { RECOVERY_SCRIPTS } from './scripts.ts';
import type { RedisServers } from './servers.ts';
import { ticketListOf } from './ticket-list.ts';

/** Redis runs nothing else while it runs a script: 1,000 orders take it about 5 ms, 25,000 tickets about as long. */
const ORDERS_PER_CALL = 1000;
const ENTRIES_PER_CALL = 1000;
const TICKETS_PER_CALL = 25_000;

/** No buyer waits for these calls, and a Redis that has just started may be slow. */
const CALL_LIMIT_MS = 10_000;

/** Replies of the scripts to a recovery that can't go on: superseded by a later one, or completed already. */
const SUPERSEDED = -1;
const COMPLETED = -2;

/** It has replicas, or was one itself: `master_replid2` is the replication history that a promoted replica continues. */
const HAS_REPLICAS = /^connected_slaves:[1-9]/m;
const WAS_REPLICA = /^master_replid2:0*[^0\s]/m;

/** The recovery of the queue on Redis; lua/recovery.lua documents how a sale is rebuilt beside what is left of it. */
export function createRedisRecovery(servers: RedisServers, prefix: string): QueueRecovery {
  const evaluate = (name: RecoveryScriptName, saleId: string, args: readonly (string | number)[]) => {
    const { source, keys } = RECOVERY_SCRIPTS[name];
    const own = [source, keys.length, ...keysOf(prefix, saleId, keys), ...args];
    return servers.call(saleId, 'EVAL', (runId) => [...own, runId], CALL_LIMIT_MS);
  };

  const begin = async (sale: RebuiltSale, attempt: string) => {
    const { id, epoch, total, perBuyerLimit, opensAt, closesAt, closed, paused, version } = sale;
    const settings = [epoch, attempt, total, perBuyerLimit, opensAt, closesAt];
    return (await evaluate('begin', id, [...settings, closed ? 1 : 0, paused ? 1 : 0, version])) as readonly number[];
  };

  const end = async ({ id, epoch }: RebuiltSale, attempt: string): Promise<RecoveryStep<RebuildResult>> => {
    const [kind, first = 0, pending = 0] = (await evaluate('end', id, [epoch, attempt])) as readonly number[];
    return kind === SUPERSEDED
      ? { kind: 'superseded', epoch: first }
      : { kind: 'done', held: first, survivors: pending };
  };

  return {
    // Reading the state belongs to no attempt.
    state: async (saleId, epoch) => (await evaluate('state', saleId, [epoch, ''])) as QueueState,

    async seal(sale) {
      const [kind, epoch = 0] = await begin(sale, randomUUID());
      if (kind === SUPERSEDED) return { kind: 'superseded', epoch };
      const info = String(await servers.call(sale.id, 'INFO', ['replication']));
      return { kind: 'done', replicated: HAS_REPLICAS.test(info) || WAS_REPLICA.test(info) };
    },

    async rebuild(sale, orders) {
      const attempt = randomUUID();
      const build = (name: RecoveryScriptName, ...args: readonly (string | number)[]) =>
        evaluate(name, sale.id, [sale.epoch, attempt, ...args]);

      const [kind, epoch = 0] = await begin(sale, attempt);
      if (kind === SUPERSEDED) return { kind: 'superseded', epoch };
      if (kind === COMPLETED) return end(sale, attempt);
      for await (const chunk of orders) {
        for (const some of chunked(chunk, ORDERS_PER_CALL)) await build('orders', ...some.flatMap(fieldsOf));
      }
      let cursor = '0';
      do {
        cursor = String(await build('survivors', cursor, ENTRIES_PER_CALL));
      } while (cursor !== '0');
      while ((await build('queue', TICKETS_PER_CALL)) !== 0);
      return end(sale, attempt);
    },

    serves: () => servers.serves(),
    incarnation: () => servers.incarnation(),
    declareSound: () => servers.declareSound(),
  };
}

function fieldsOf({ orderId, tickets, userId, key, fingerprint, reservedAt, live }: KnownOrder): (string | number)[] {
  if (key === null && live) throw new Fault('corrupt', `order ${orderId} is live but has no key`);
  const endedAs = key === null ? 'R' : 'E';
  return [live ? 'L' : endedAs, orderId, ticketListOf(tickets), userId, key ?? '', fingerprint, reservedAt];
}
