/**
 * The embedded engine in the front's thread against one in a thread of its own: reserve -> append -> published, some
 * calls in flight, while the front's thread is busy with each purchase as if it parsed and answered it.
 *
 *   npm run build && node dist/bench/embedded-engine.js [--seconds 5] [--batch 64] [--flight 6] [--spin 10]
 *
 * --spin is microseconds of the front's own work on each purchase. The result is checked: the queue's books balance.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEmbeddedQueueAuditSource } from '../src/adapters/embedded/audit-source.ts';
import { openEngine } from '../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderLog } from '../src/adapters/embedded/order-log.ts';
import { createEmbeddedTicketQueue } from '../src/adapters/embedded/ticket-queue.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import type { ReservationsRecord } from '../src/domain/log-record.ts';
import type { ReserveItem } from '../src/ports/ticket-queue.ts';
import { auditQueue } from '../test/support/queue-audit.ts';
import { createReserveItems } from './support/reserve-items.ts';
import { quantile } from './support/spread.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    batch: { type: 'string', default: '64' },
    flight: { type: 'string', default: '6' },
    spin: { type: 'string', default: '10' },
  },
});
const SECONDS = Number(values.seconds);
const BATCH = Number(values.batch);
const FLIGHT = Number(values.flight);
const SPIN_MS = Number(values.spin) / 1_000;

const WORKER = new URL('../src/adapters/embedded/worker.js', import.meta.url);
const SALE = { id: 'bench', epoch: 1, total: 10_000_000, perBuyerLimit: 1, opensAt: 0, closesAt: 2 ** 45 };

const newItems = createReserveItems();

interface Figures {
  readonly perSecond: number;
  /** Microseconds of all threads for each purchase: says more than the rate on a machine that others use, too. */
  readonly cpuUs: number;
  /** Milliseconds from the purchase to its durable record. */
  readonly p50: number;
  readonly p99: number;
}

async function measure(thread: URL | false): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'floodgate-bench-'));
  const engine = await openEngine({ file: join(folder, 'bench.db'), thread });
  const queue = createEmbeddedTicketQueue({ engine, clock: systemClock });
  const log = createEmbeddedOrderLog(engine);
  await queue.load(SALE);

  const latencies: number[] = [];
  let sold = 0;
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const end = start + SECONDS * 1_000;
  const buy = async (): Promise<void> => {
    while (performance.now() < end) {
      const items = newItems(BATCH);
      sold += BATCH;
      spin(SPIN_MS * BATCH);
      const since = performance.now();
      const reply = await queue.reserve(SALE.id, SALE.epoch, items);
      if (reply.kind !== 'answered') throw new Error(`the queue answered ${reply.kind}`);
      await log.append(recordOf(items));
      latencies.push(performance.now() - since);
      await queue.published(
        SALE.id,
        SALE.epoch,
        items.map(({ orderId }) => orderId),
      );
    }
  };
  await Promise.all(Array.from({ length: FLIGHT }, buy));
  const elapsed = performance.now() - start;
  const cpu = process.cpuUsage(cpuBefore);

  const audit = await auditQueue(createEmbeddedQueueAuditSource(engine), SALE.id);
  await engine.close();
  rmSync(folder, { recursive: true });
  if (audit?.held !== sold || audit.pending !== 0 || audit.doubled.length > 0) {
    throw new Error(`${sold} were sold, but the queue says ${JSON.stringify(audit)}`);
  }
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (sold / elapsed) * 1_000,
    cpuUs: (cpu.user + cpu.system) / sold,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

function recordOf(items: readonly ReserveItem[]): ReservationsRecord {
  const reservedAt = Date.now();
  return {
    type: 'reservations',
    saleId: SALE.id,
    productId: 'product',
    epoch: SALE.epoch,
    price: { amount: 12_999, currency: 'USD' },
    payWithinSeconds: 900,
    items: items.map(({ orderId, userId, key }, i) => ({
      orderId,
      userId,
      key,
      ticket: i + 1,
      reservedAt,
      requestId: orderId,
    })),
  };
}

function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

for (const [name, thread] of [
  ['inline', false],
  ['thread', WORKER],
  ['inline', false],
  ['thread', WORKER],
] as const) {
  const { perSecond, cpuUs, p50, p99 } = await measure(thread);
  console.log(
    `${name}: ${Math.round(perSecond)} purchases/s, cpu ${cpuUs.toFixed(1)} us, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
  );
}
