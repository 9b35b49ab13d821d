import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedQueueAuditSource } from '../../src/adapters/embedded/audit-source.ts';
import { openEngine } from '../../src/adapters/embedded/engine.ts';
import { createEmbeddedOrderLog } from '../../src/adapters/embedded/order-log.ts';
import { createEmbeddedTicketQueue } from '../../src/adapters/embedded/ticket-queue.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { ReservationsRecord } from '../../src/domain/log-record.ts';
import type { ReserveItem } from '../../src/ports/ticket-queue.ts';
import { auditQueue } from '../../test/support/queue-audit.ts';
import { closedLoop } from '../scenarios/parts/closed-loop.ts';
import { createReserveItems } from '../support/reservations.ts';
import { quantile } from '../support/statistics.ts';
import { experiment, WrongResult } from './experiment.ts';

const WORKER = new URL('../../src/adapters/embedded/worker.js', import.meta.url);
const SALE = { id: 'bench', epoch: 1, total: 10_000_000, perBuyerLimit: 1, opensAt: 0, closesAt: 2 ** 45 };
const ROUNDS = 2;

const newItems = createReserveItems();

interface Options {
  readonly seconds: number;
  readonly batch: number;
  readonly inFlight: number;
  /** The front's own work for each purchase, such as parsing and answering. */
  readonly spinMs: number;
}

interface Figures {
  readonly perSecond: number;
  /** Microseconds of all threads for each purchase: on a shared machine it is more telling than the rate. */
  readonly cpuUs: number;
  /** Milliseconds from the purchase to its durable record. */
  readonly p50: number;
  readonly p99: number;
}

/** Reserve, append and published in a loop. Errors: WrongResult when the queue's ledger does not match what was sold. */
async function measure(thread: URL | false, { seconds, batch, inFlight, spinMs }: Options): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'floodgate-bench-'));
  const engine = await openEngine({ file: join(folder, 'bench.db'), thread });
  const queue = createEmbeddedTicketQueue({ engine, clock: systemClock });
  const log = createEmbeddedOrderLog(engine);
  await queue.load(SALE);

  const latencies: number[] = [];
  let sold = 0;
  const cpuBefore = process.cpuUsage();
  const { perSecond } = await closedLoop(seconds, inFlight, async () => {
    const items = newItems(batch);
    sold += batch;
    spin(spinMs * batch);
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
    return batch;
  });
  const cpu = process.cpuUsage(cpuBefore);

  const ledger = await auditQueue(createEmbeddedQueueAuditSource(engine), SALE.id);
  await engine.close();
  rmSync(folder, { recursive: true });
  if (ledger?.held !== sold || ledger.pending !== 0 || ledger.doubled.length > 0) {
    throw new WrongResult(`${sold} were sold, but the queue's ledger is ${JSON.stringify(ledger)}`);
  }
  latencies.sort((a, b) => a - b);
  return {
    perSecond,
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
      tickets: [i + 1],
      reservedAt,
      requestId: orderId,
    })),
  };
}

function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

export const embeddedEngine = experiment({
  name: 'embedded-engine',
  shows: "the embedded engine in the front's thread and in a thread of its own, in turns",
  reason: 'it compares two designs of one part, and neither is a ceiling',
  options: { seconds: 5, batch: 64, 'in-flight': 6, 'spin-us': 10 },
  run: async ({ seconds, batch, 'in-flight': inFlight, 'spin-us': spinUs }) => {
    const options = { seconds, batch, inFlight, spinMs: spinUs / 1000 };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, thread] of [
        ['inline', false],
        ['thread', WORKER],
      ] as const) {
        const { perSecond, cpuUs, p50, p99 } = await measure(thread, options);
        console.log(
          `${name}: ${Math.round(perSecond)} purchases/s, cpu ${cpuUs.toFixed(1)} us, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
        );
      }
    }
  },
});
