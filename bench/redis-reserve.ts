/**
 * Purchases a second that the ticket queue on Redis decides on, by the size of a batch, and what a sale of a million
 * tickets takes to load and to audit.
 *
 *   npm run servers -- up --only redis && eval "$(npm run -s servers -- env --only redis)"
 *   npm run build && node dist/bench/redis-reserve.js [--seconds 3] [--flight 8] [--total 1000000]
 *
 * --flight is the number of calls under way at once. It writes under a prefix of its own, and removes that. The result
 * is checked: the queue's books balance.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { createRedisTicketQueue } from '../src/adapters/redis/ticket-queue.ts';
import type { QueuedSale } from '../src/ports/ticket-queue.ts';
import { auditQueue } from '../test/support/queue-audit.ts';
import { createReserveItems } from './support/reserve-items.ts';
import { quantile } from './support/spread.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    flight: { type: 'string', default: '8' },
    total: { type: 'string', default: '1000000' },
  },
});
const SECONDS = Number(values.seconds);
const FLIGHT = Number(values.flight);
const TOTAL = Number(values.total);
const BATCHES = [1, 16, 64, 256];

const url = process.env.REDIS_URL;
if (url === undefined) throw new Error('set REDIS_URL');
const prefix = `bench-${randomBytes(4).toString('hex')}:`;
const redis = new Redis(url);
const { queue, auditSource, prepare, disconnect } = createRedisTicketQueue({ url, prefix });
const newItems = createReserveItems();

async function memoryMb(): Promise<number> {
  const used = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1];
  return Number(used) / 2 ** 20;
}

async function load(sale: QueuedSale): Promise<void> {
  const [before, since] = [await memoryMb(), performance.now()];
  await queue.load(sale);
  const ms = performance.now() - since;
  console.log(`load ${sale.total} tickets: ${ms.toFixed(0)} ms, ${((await memoryMb()) - before).toFixed(1)} MB`);
}

async function sell(saleId: string, batch: number): Promise<void> {
  const end = performance.now() + SECONDS * 1000;
  const times: number[] = [];
  let sold = 0;
  const since = performance.now();
  const buy = async () => {
    while (performance.now() < end) {
      const items = newItems(batch);
      const at = performance.now();
      const reply = await queue.reserve(saleId, 1, items);
      times.push(performance.now() - at);
      if (reply.kind !== 'answered') throw new Error(JSON.stringify(reply));
      sold += reply.answers.filter(({ kind }) => kind === 'reserved').length;
    }
  };
  await Promise.all(Array.from({ length: FLIGHT }, buy));
  const perSecond = sold / ((performance.now() - since) / 1000);
  times.sort((a, b) => a - b);
  const at = (share: number) => quantile(times, share).toFixed(2);
  console.log(`batch ${batch}: ${perSecond.toFixed(0)} sold a second, a call p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}

async function audit(saleId: string): Promise<void> {
  const since = performance.now();
  const books = await auditQueue(auditSource, saleId);
  console.log(`audit: ${(performance.now() - since).toFixed(0)} ms`, books);
  if (books === undefined || books.held !== books.heldByBuyers || books.doubled.length > 0) {
    throw new Error('the books do not balance');
  }
  if (books.held + books.remaining !== TOTAL) throw new Error('tickets were lost');
}

try {
  await prepare();
  for (const batch of BATCHES) {
    const id = `sale-${batch}`;
    await load({ id, epoch: 1, total: TOTAL, perBuyerLimit: 1, opensAt: 0, closesAt: 2 ** 45 });
    await sell(id, batch);
    await audit(id);
    // Not UNLINK, which would free the memory while the next sale's is measured.
    await redis.del(await redis.keys(`${prefix}{${id}}:*`));
  }
} finally {
  await redis.unlink(await redis.keys(`${prefix}*`));
  redis.disconnect();
  disconnect();
}
