import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Rejection, RejectionReason } from '../ports/order-store.ts';

/** The counted part of what the settlement stream emits. */
export interface CountedSettlement {
  readonly stored: number;
  readonly repeated: number;
  readonly rejected: readonly Pick<Rejection, 'reason'>[];
  readonly deadLettered: number;
}

export interface SettlementMetrics {
  readonly settlementBatch: (settled: CountedSettlement) => void;
  /** Duration of one transaction of the order store, whether it succeeded or not. */
  readonly storeCall: (milliseconds: number) => void;
  /** Reserved tickets applied by the live view. */
  readonly liveViewApplied: (tickets: number) => void;
  /** Reservations of dead fronts that the relay published. */
  readonly relayed: (reservations: number) => void;
  /**
   * Registers a group's lag. It is read on each scrape, so nothing polls; a lag that can't be read within {@link
   * LAG_TIMEOUT_MS} is left out.
   */
  readonly sampleConsumerLag: (group: string, read: () => Promise<number>) => void;
}

const REASONS = ['ticket', 'key', 'fence'] as const satisfies readonly RejectionReason[];

/** A scrape must not hang on an unavailable log. */
export const LAG_TIMEOUT_MS = 1000;

/** From 1 ms, a small batch into SQLite, to 10 s, a database in trouble. */
const STORE_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** From one order to the largest configurable batch. */
const BATCH_BUCKETS = [1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

export function createSettlementMetrics(register: Registry): SettlementMetrics {
  const registers = [register];
  const orders = new Counter({
    name: 'floodgate_settlement_orders_total',
    help: 'Orders passed to the store: stored, repeated (stored already) or rejected.',
    labelNames: ['result'],
    registers,
  });
  const rejections = new Counter({
    name: 'floodgate_settlement_rejected_total',
    help: 'Rejected orders by reason: ticket or key (lost to an earlier order), or fence (of an ended epoch).',
    labelNames: ['reason'],
    registers,
  });
  const deadLetters = new Counter({
    name: 'floodgate_settlement_dead_letters_total',
    help: 'Log entries that could not be processed and were dead-lettered.',
    registers,
  });
  const batchSize = new Histogram({
    name: 'floodgate_settlement_batch_size',
    help: 'Orders in one settlement batch.',
    buckets: BATCH_BUCKETS,
    registers,
  });
  const storeSeconds = new Histogram({
    name: 'floodgate_settlement_store_seconds',
    help: 'Duration of one transaction of the order store.',
    buckets: STORE_BUCKETS_S,
    registers,
  });
  const applied = new Counter({
    name: 'floodgate_live_view_reservations_total',
    help: 'Reserved tickets applied by the live view.',
    registers,
  });
  const relayed = new Counter({
    name: 'floodgate_relayed_reservations_total',
    help: 'Reservations of dead fronts that the relay published.',
    registers,
  });

  const stored = orders.labels('stored');
  const repeated = orders.labels('repeated');
  const rejected = orders.labels('rejected');
  // A counter that first appears with a rejection has no rate until the second.
  for (const counter of [stored, repeated, rejected]) counter.inc(0);
  for (const reason of REASONS) rejections.inc({ reason }, 0);

  return {
    settlementBatch: (settled) => {
      stored.inc(settled.stored);
      repeated.inc(settled.repeated);
      rejected.inc(settled.rejected.length);
      for (const { reason } of settled.rejected) rejections.inc({ reason });
      deadLetters.inc(settled.deadLettered);
      batchSize.observe(settled.stored + settled.repeated + settled.rejected.length);
    },
    storeCall: (milliseconds) => storeSeconds.observe(milliseconds / 1000),
    liveViewApplied: (tickets) => applied.inc(tickets),
    relayed: (reservations) => relayed.inc(reservations),
    sampleConsumerLag: registerConsumerLag(registers),
  };
}

function registerConsumerLag(registers: Registry[]): SettlementMetrics['sampleConsumerLag'] {
  const lags = new Map<string, () => Promise<number>>();
  new Gauge({
    name: 'floodgate_consumer_lag',
    help: 'Log entries that the consumer group has not acknowledged.',
    labelNames: ['group'],
    registers,
    async collect() {
      this.reset();
      await Promise.all(
        Array.from(lags, async ([group, read]) => {
          const lag = await readInTime(read);
          if (lag !== undefined) this.set({ group }, lag);
        }),
      );
    },
  });
  return (group, read) => void lags.set(group, read);
}

async function readInTime(read: () => Promise<number>): Promise<number | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, LAG_TIMEOUT_MS, undefined);
  });
  try {
    return await Promise.race([read(), late]);
  } catch {
    // Readiness reports the unavailability; here there is simply no value.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
