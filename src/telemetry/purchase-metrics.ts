import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PurchaseOutcome } from '../domain/purchase.ts';
import { REFUSAL_CODES } from '../domain/refusal-codes.ts';

type OutcomeKind = PurchaseOutcome['kind'];

/** What the purchase stream emits, as far as it is counted. */
export interface CountedBatch {
  readonly requests: readonly { readonly receivedAt: number }[];
  /** One to each request, in their order. */
  readonly outcomes: readonly { readonly kind: OutcomeKind }[];
}

export interface PurchaseLoad {
  /** Purchases that wait for a batch. */
  readonly waiting: number;
  /** Batches on their way. */
  readonly underWay: number;
  /** The limits of the two that are in force. */
  readonly concurrency: number;
  readonly capacity: number;
}

export interface PurchaseMetrics {
  /** A batch was answered at `now`, in the monotonic milliseconds of the requests' `receivedAt`. */
  readonly purchaseBatch: (batch: CountedBatch, now: number) => void;
  /** One was refused for want of room before it became a request of the stream. */
  readonly purchaseTurnedAway: () => void;
  /** Shows the stream's load, read whenever the metrics are asked for: nothing is counted on the way. */
  readonly showPurchaseLoad: (load: PurchaseLoad) => void;
  readonly saleRemaining: (saleId: string, tickets: number) => void;
  /** The sale is over: its gauge disappears. */
  readonly saleOver: (saleId: string) => void;
}

const ACCEPTED = ['reserved', 'replayed'] as const satisfies readonly OutcomeKind[];

/** 0.5 ms, a sold-out answered from memory, to 5 s, well past the deadline; each about twice the one before. */
const LATENCY_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];

/** Powers of two up to the largest batch that the queue takes. */
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

export function createPurchaseMetrics(register: Registry): PurchaseMetrics {
  const registers = [register];
  const accepted = new Counter({
    name: 'floodgate_purchases_accepted_total',
    help: 'Purchases that were answered with an order; replayed: an order of an earlier request with the same key.',
    labelNames: ['outcome'],
    registers,
  });
  const refused = new Counter({
    name: 'floodgate_purchases_refused_total',
    help: 'Purchases that were answered without an order, by the code of the problem.',
    labelNames: ['code'],
    registers,
  });
  const latency = new Histogram({
    name: 'floodgate_purchase_seconds',
    help: 'From the whole request to its outcome.',
    buckets: LATENCY_BUCKETS_S,
    registers,
  });
  const batchSize = new Histogram({
    name: 'floodgate_purchase_batch_size',
    help: 'Purchases in one batch.',
    buckets: BATCH_BUCKETS,
    registers,
  });
  let load: PurchaseLoad = { waiting: 0, underWay: 0, concurrency: 0, capacity: 0 };
  new Gauge({
    name: 'floodgate_purchases_waiting',
    help: 'Purchases that were admitted and wait for a batch.',
    registers,
    collect() {
      this.set(load.waiting);
    },
  });
  new Gauge({
    name: 'floodgate_purchase_batches_in_flight',
    help: 'Batches on their way through the ticket queue and the order log.',
    registers,
    collect() {
      this.set(load.underWay);
    },
  });
  new Gauge({
    name: 'floodgate_admission_capacity',
    help: 'Purchases that may wait just now: as many as are served in time at the present rate, or the setting.',
    registers,
    collect() {
      this.set(load.capacity);
    },
  });
  new Gauge({
    name: 'floodgate_admission_concurrency',
    help: 'Batches that may be on their way just now: fewer than the setting when queue or log are slower than usual.',
    registers,
    collect() {
      this.set(load.concurrency);
    },
  });
  const remaining = new Gauge({
    name: 'floodgate_sale_remaining',
    help: 'Tickets that this process last knew to be left.',
    labelNames: ['sale'],
    registers,
  });

  const counters = Object.fromEntries([
    ...ACCEPTED.map((kind) => [kind, accepted.labels(kind)] as const),
    ...Object.entries(REFUSAL_CODES).map(([kind, code]) => [kind, refused.labels(code)] as const),
  ]) as Record<OutcomeKind, Counter.Internal>;
  // A counter that appears with its first refusal has no rate until the second.
  for (const counter of Object.values(counters)) counter.inc(0);

  return {
    purchaseBatch: ({ requests, outcomes }, now) => {
      const counts = new Map<OutcomeKind, number>();
      for (const { kind } of outcomes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      for (const [kind, count] of counts) counters[kind].inc(count);
      for (const { receivedAt } of requests) latency.observe((now - receivedAt) / 1000);
      batchSize.observe(requests.length);
    },
    purchaseTurnedAway: () => counters.overloaded.inc(),
    showPurchaseLoad: (view) => {
      load = view;
    },
    saleRemaining: (saleId, tickets) => remaining.set({ sale: saleId }, tickets),
    saleOver: (saleId) => remaining.remove(saleId),
  };
}
