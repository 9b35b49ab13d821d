import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createRedisTicketQueue, type RedisTicketQueue } from '../../src/adapters/redis/ticket-queue.ts';
import { auditQueue } from '../../test/support/queue-audit.ts';
import { closedLoop } from '../scenarios/parts/closed-loop.ts';
import { createReserveItems } from '../support/reservations.ts';
import { experiment, WrongResult } from './experiment.ts';

const BATCHES = [1, 16, 64, 256];

const newItems = createReserveItems();

async function memoryMb(redis: Redis): Promise<number> {
  const used = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1];
  return Number(used) / 2 ** 20;
}

interface Figures {
  readonly loadMs: number;
  readonly loadMb: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly auditMs: number;
}

interface Options {
  readonly seconds: number;
  readonly inFlight: number;
  readonly total: number;
}

/** Loads, sells and audits one sale. Errors: WrongResult when the queue's ledger is inconsistent. */
async function measure(
  { queue, auditSource }: Pick<RedisTicketQueue, 'queue' | 'auditSource'>,
  redis: Redis,
  batch: number,
  { seconds, inFlight, total }: Options,
): Promise<Figures> {
  const id = `sale-${batch}`;
  const before = await memoryMb(redis);
  const loadFrom = performance.now();
  await queue.load({ id, epoch: 1, total, perBuyerLimit: 1, opensAt: 0, closesAt: 2 ** 45 });
  const loadMs = performance.now() - loadFrom;
  const loadMb = (await memoryMb(redis)) - before;

  const { perSecond, latency } = await closedLoop(seconds, inFlight, async () => {
    const reply = await queue.reserve(id, 1, newItems(batch));
    if (reply.kind !== 'answered') throw new Error(`the queue answered ${reply.kind}`);
    return reply.answers.filter(({ kind }) => kind === 'reserved').length;
  });

  const auditFrom = performance.now();
  const ledger = await auditQueue(auditSource, id);
  const auditMs = performance.now() - auditFrom;
  if (ledger === undefined || ledger.held !== ledger.heldByBuyers || ledger.doubled.length > 0) {
    throw new WrongResult(`the ledger is inconsistent: ${JSON.stringify(ledger)}`);
  }
  if (ledger.held + ledger.remaining !== total) throw new WrongResult(`tickets are missing: ${JSON.stringify(ledger)}`);
  return { loadMs, loadMb, perSecond, p50Ms: latency?.p50Ms ?? 0, p99Ms: latency?.p99Ms ?? 0, auditMs };
}

export const redisReserve = experiment({
  name: 'redis-reserve',
  shows: 'the ticket queue on Redis by batch size, and loading and auditing its sale',
  reason: 'it varies the batch size; the scenario `reserve` compares one size with a ceiling',
  options: { seconds: 3, 'in-flight': 8, tickets: 1_000_000 },
  servers: () => ['redis'],
  run: async ({ seconds, 'in-flight': inFlight, tickets: total }, { servers }) => {
    const url = servers.REDIS_URL ?? '';
    const prefix = `bench-${randomBytes(4).toString('hex')}:`;
    const redis = new Redis(url);
    const tickets = createRedisTicketQueue({ url, prefix });
    const rows: Record<string, string | number>[] = [];
    try {
      await tickets.prepare();
      for (const batch of BATCHES) {
        const figures = await measure(tickets, redis, batch, { seconds, inFlight, total });
        rows.push({
          batch,
          'sold/s': Math.round(figures.perSecond),
          'call p50, ms': figures.p50Ms.toFixed(2),
          'call p99, ms': figures.p99Ms.toFixed(2),
          'load, ms': figures.loadMs.toFixed(0),
          'load, MB': figures.loadMb.toFixed(1),
          'audit, ms': figures.auditMs.toFixed(0),
        });
        // DEL instead of UNLINK, which would free memory while that of the next sale is measured.
        await redis.del(await redis.keys(`${prefix}{sale-${batch}}:*`));
      }
    } finally {
      const left = await redis.keys(`${prefix}*`);
      if (left.length > 0) await redis.unlink(left);
      redis.disconnect();
      tickets.disconnect();
    }
    console.table(rows);
  },
});
