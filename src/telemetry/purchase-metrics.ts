import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PurchaseOutcome } from '../domain/purchase.ts';
import { REFUSAL_CODES } from '../domain/refusal-codes.ts';

type OutcomeKind = PurchaseOutcome['kind'];

/** The counted part of what the purchase stream emits. */
export interface CountedBatch {
  readonly requests: readonly { readonly receivedAt: number }[];
  /** One per request, in the same order. */
  readonly outcomes: readonly { readonly kind: OutcomeKind }[];
}

export interface PurchaseLoad {
  /** Purchases that wait for a batch. */
  readonly waiting: number;
  /** Batches in flight. */
  readonly underWay: number;
  /** The current limits of the two. */
  readonly concurrency: number;
  readonly capacity: number;
}

export interface PurchaseMetrics {
  /** A batch was answered at `now`, on the monotonic clock of the requests' `receivedAt`, milliseconds. */
  readonly purchaseBatch: (batch: CountedBatch, now: number) => void;
  /** A purchase was refused for lack of capacity before it entered the stream. */
  readonly purchaseShed: () => void;
  /** Registers the stream's load, read on each scrape: nothing is counted on the purchase path. */
  readonly showPurchaseLoad: (load: PurchaseLoad) => void;
  readonly saleRemaining: (saleId: string, tickets: number) => void;
  /** The sale is over: its gauge is removed. */
  readonly saleOver: (saleId: string) => void;
}

const ACCEPTED = ['reserved', 'replayed'] as const satisfies readonly OutcomeKind[];

/** From 0.5 ms, a sold-out answered from memory, to 5 s, well past the deadline; each about twice the previous one. */
const LATENCY_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];

/** Powers of two up to the largest batch that the queue accepts. */
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

export function createPurchaseMetrics(register: Registry): PurchaseMetrics {
  const registers = [register];
  const accepted = new Counter({
    name: 'floodgate_purchases_accepted_total',
    help: 'Purchases answered with an order; replayed: the order of an earlier request with the same key.',
    labelNames: ['outcome'],
    registers,
  });
  const refused = new Counter({
    name: 'floodgate_purchases_refused_total',
    help: 'Purchases answered without an order, by the problem code.',
    labelNames: ['code'],
    registers,
  });
  const latency = new Histogram({
    name: 'floodgate_purchase_seconds',
    help: 'Time from the complete receipt of a request to its outcome.',
    buckets: LATENCY_BUCKETS_S,
    registers,
  });
  const batchSize = new Histogram({
    name: 'floodgate_purchase_batch_size',
    help: 'Purchases in one batch.',
    buckets: BATCH_BUCKETS,
    registers,
  });
  const remaining = new Gauge({
    name: 'floodgate_sale_remaining',
    help: 'Remaining tickets of a sale, as last observed by this process.',
    labelNames: ['sale'],
    registers,
  });

  const counters = Object.fromEntries([
    ...ACCEPTED.map((kind) => [kind, accepted.labels(kind)] as const),
    ...Object.entries(REFUSAL_CODES).map(([kind, code]) => [kind, refused.labels(code)] as const),
  ]) as Record<OutcomeKind, Counter.Internal>;
  // A counter that first appears with a refusal has no rate until the second.
  for (const counter of Object.values(counters)) counter.inc(0);

  return {
    purchaseBatch: ({ requests, outcomes }, now) => {
      const counts = new Map<OutcomeKind, number>();
      for (const { kind } of outcomes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      for (const [kind, count] of counts) counters[kind].inc(count);
      for (const { receivedAt } of requests) latency.observe((now - receivedAt) / 1000);
      batchSize.observe(requests.length);
    },
    purchaseShed: () => counters.overloaded.inc(),
    showPurchaseLoad: registerLoad(registers),
    saleRemaining: (saleId, tickets) => remaining.set({ sale: saleId }, tickets),
    saleOver: (saleId) => remaining.remove(saleId),
  };
}

function registerLoad(registers: Registry[]): PurchaseMetrics['showPurchaseLoad'] {
  let load: PurchaseLoad = { waiting: 0, underWay: 0, concurrency: 0, capacity: 0 };
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('floodgate_purchases_waiting', 'Admitted purchases that wait for a batch.', () => load.waiting);
  gauge(
    'floodgate_purchase_batches_in_flight',
    'Batches in flight through the ticket queue and the order log.',
    () => load.underWay,
  );
  gauge(
    'floodgate_admission_capacity',
    'Current limit of waiting purchases: the number served in time at the present rate, at most the setting.',
    () => load.capacity,
  );
  gauge(
    'floodgate_admission_concurrency',
    'Current limit of batches in flight: lower than the setting while queue or log are slower than usual.',
    () => load.concurrency,
  );
  return (view) => {
    load = view;
  };
}
