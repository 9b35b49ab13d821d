import { type Observable, type ObservableInput, of } from 'rxjs';
import { isFault } from '../domain/errors.ts';
import type { IdSource } from '../domain/ids.ts';
import type { LoggedReservation } from '../domain/log-record.ts';
import { type PurchaseOutcome, type Reservation, reservedOrder } from '../domain/purchase.ts';
import type { Sale } from '../domain/sale.ts';
import type { Clock } from '../ports/clock.ts';
import type { OrderLog } from '../ports/order-log.ts';
import type { ReserveAnswer, ReserveItem, ReserveReply, TicketQueue } from '../ports/ticket-queue.ts';
import type { Policy } from '../resilience/policy.ts';
import { batchMap } from './operators/batch-map.ts';
import type { PurchaseRequest } from './purchase-request.ts';
import { SoldOutMemo } from './sold-out-memo.ts';

export interface PurchasePorts {
  readonly queue: Pick<TicketQueue, 'reserve' | 'published'>;
  readonly log: Pick<OrderLog, 'append' | 'writable'>;
  /** The sales as memory has them; see services/sales.ts. */
  readonly sales: {
    readonly known: (saleId: string) => Sale | undefined;
    readonly find: (saleId: string) => Promise<Sale | undefined>;
    readonly forget: (saleId: string) => void;
    readonly observe: (saleId: string, remaining: number) => void;
  };
  readonly newId: IdSource;
  readonly clock: Clock;
  readonly policies: { readonly queue: Policy; readonly log: Policy };
}

export interface PurchaseOptions {
  /** Purchases in one call of the queue at the most. */
  readonly batchSize: number;
  /** Batches under way at the most. */
  readonly concurrency: number;
  /** Purchases that wait for a batch at the most; more are refused. */
  readonly capacity: number;
  /** After so long no ticket is taken for a purchase and no 2xx is written to it. */
  readonly deadlineMs: number;
  /** How long a sale that had no ticket left is taken as sold out without asking. */
  readonly soldOutMs: number;
  readonly schedule?: (task: () => void) => void;
  readonly onDepth?: (waiting: number) => void;
  /** A published reservation could not be marked so: the relay will publish it once more, which changes nothing. */
  readonly onUnmarked?: (error: unknown) => void;
}

export const purchaseDefaults = {
  // Redis gains nothing beyond 64 a call [measured: 89 k/s at 64, 87 k/s at 256].
  batchSize: 64,
  concurrency: 8,
  // A fifth of a second's work on two cores: what waits longer is better told at once.
  capacity: 8192,
  deadlineMs: 2000,
  soldOutMs: 100,
} as const satisfies PurchaseOptions;

/** Requests and what they came to, place by place. */
export interface AnsweredBatch {
  readonly saleId: string;
  readonly requests: readonly PurchaseRequest[];
  readonly outcomes: readonly PurchaseOutcome[];
  /** Why outcomes are `unavailable` or `recovering`. */
  readonly fault?: unknown;
}

/** All that a purchase asks for; one day a quantity or a seat. The same key with another one is a mismatch. */
const FINGERPRINT = '{}';

/**
 * The purchase path: admit -> batch per turn and sale -> reserve -> append to the log -> answer.
 *
 * Every request is answered exactly once. Nothing that fails on the way ends the stream: a stage's fault becomes the
 * outcome of its batch. A reservation whose record may not be in the log is answered `unavailable`, which is the truth:
 * the relay publishes it, and the buyer's key finds it.
 */
export function purchase(
  request$: Observable<PurchaseRequest>,
  ports: PurchasePorts,
  options: PurchaseOptions = purchaseDefaults,
): Observable<AnsweredBatch> {
  const { queue, log, sales, newId, clock, policies } = ports;
  const soldOut = new SoldOutMemo(clock, options.soldOutMs);

  const sell = (requests: readonly PurchaseRequest[], saleId: string): ObservableInput<AnsweredBatch> => {
    const outcomes: PurchaseOutcome[] = new Array(requests.length);
    const toReserve: number[] = [];
    const latest = clock.monotonic() - options.deadlineMs;
    const isSoldOut = soldOut.has(saleId);
    requests.forEach((request, i) => {
      if (request.receivedAt < latest) outcomes[i] = OVERLOADED;
      // A buyer with a key may have won before: only the queue knows.
      else if (isSoldOut && request.idempotencyKey === undefined) outcomes[i] = SOLD_OUT;
      else toReserve.push(i);
    });
    const batch = { saleId, requests, outcomes };
    if (toReserve.length === 0) return of(batch);
    return reserveAndPublish(batch, toReserve);
  };

  const reserveAndPublish = async (batch: OpenBatch, indices: readonly number[]): Promise<AnsweredBatch> => {
    try {
      const sale = sales.known(batch.saleId) ?? (await sales.find(batch.saleId));
      if (sale === undefined || sale.status === 'draft') return answerAll(batch, indices, UNKNOWN_SALE);
      // A ticket is not taken that can't be published.
      if (!log.writable() || !policies.log.ready()) return answerAll(batch, indices, UNAVAILABLE);
      const items = indices.map((i) => itemOf(batch.requests[i] as PurchaseRequest, newId));
      const { reply, current } = await reserve(sale, items);
      if (reply.kind === 'unknownSale' || reply.kind === 'stale') return answerAll(batch, indices, RECOVERING);
      sales.observe(sale.id, reply.remaining);
      const toPublish = settleAnswers(batch, indices, items, reply.answers, current);
      return toPublish.length === 0 ? batch : await publish(batch, toPublish, current);
    } catch (fault) {
      return { ...answerAll(batch, indices, outcomeOf(fault)), fault };
    }
  };

  const reserve = async (
    sale: Sale,
    items: readonly ReserveItem[],
  ): Promise<{ reply: ReserveReply; current: Sale }> => {
    const reply = await policies.queue.execute(() => queue.reserve(sale.id, sale.epoch, items));
    if (reply.kind !== 'stale') return { reply, current: sale };
    // The queue was rebuilt since this process read the sale: once more with the epoch of today, nothing was done.
    sales.forget(sale.id);
    const current = (await sales.find(sale.id)) ?? sale;
    return { reply: await policies.queue.execute(() => queue.reserve(sale.id, current.epoch, items)), current };
  };

  /** Fills in what the queue has decided; returns what is the log's to decide. */
  const settleAnswers = (
    batch: OpenBatch,
    indices: readonly number[],
    items: readonly ReserveItem[],
    answers: readonly ReserveAnswer[],
    sale: Sale,
  ): ToPublish[] => {
    const toPublish: ToPublish[] = [];
    answers.forEach((answer, n) => {
      const index = indices[n] as number;
      const item = items[n] as ReserveItem;
      switch (answer.kind) {
        case 'reserved':
        case 'replayed': {
          const orderId = answer.kind === 'replayed' ? answer.orderId : item.orderId;
          const { ticket, reservedAt } = answer;
          const reservation: Reservation = { orderId, userId: item.userId, ticket, reservedAt };
          const outcome = { kind: answer.kind, order: reservedOrder(sale, reservation) } as const;
          if (answer.kind === 'replayed' && answer.published) batch.outcomes[index] = outcome;
          else toPublish.push({ index, outcome, key: item.key });
          return;
        }
        case 'notStarted':
          batch.outcomes[index] = { kind: 'notStarted', opensAt: sale.opensAt };
          return;
        case 'soldOut':
          soldOut.add(sale.id);
          batch.outcomes[index] = SOLD_OUT;
          return;
        default:
          batch.outcomes[index] = answer;
      }
    });
    return toPublish;
  };

  const publish = async (batch: OpenBatch, toPublish: readonly ToPublish[], sale: Sale): Promise<AnsweredBatch> => {
    const items: LoggedReservation[] = [];
    const orderIds = new Set<string>();
    for (const { index, outcome, key } of toPublish) {
      const { id: orderId, ticket, userId, reservedAt } = outcome.order;
      // Two requests with one key share a batch and an order.
      if (orderIds.has(orderId)) continue;
      orderIds.add(orderId);
      items.push({
        orderId,
        ticket,
        userId,
        key,
        reservedAt,
        requestId: (batch.requests[index] as PurchaseRequest).requestId,
      });
    }
    const { productId, price, payWithinSeconds, epoch } = sale;
    const record = { type: 'reservations', saleId: sale.id, productId, epoch, price, payWithinSeconds, items } as const;
    try {
      await policies.log.execute(() => log.append(record));
    } catch (fault) {
      for (const { index } of toPublish) batch.outcomes[index] = UNAVAILABLE;
      return { ...batch, fault };
    }
    // Nobody waits for this one: if it is lost, the relay publishes again, and the store ignores it.
    queue.published(sale.id, [...orderIds]).catch((error: unknown) => options.onUnmarked?.(error));
    const latest = clock.monotonic() - options.deadlineMs;
    for (const { index, outcome } of toPublish) {
      const inTime = (batch.requests[index] as PurchaseRequest).receivedAt >= latest;
      batch.outcomes[index] = inTime ? outcome : UNAVAILABLE;
    }
    return batch;
  };

  return request$.pipe(
    batchMap<PurchaseRequest, AnsweredBatch>(sell, {
      keyOf: (request) => request.saleId,
      size: options.batchSize,
      concurrency: options.concurrency,
      capacity: options.capacity,
      refuse: (request) => ({ saleId: request.saleId, requests: [request], outcomes: [OVERLOADED] }),
      ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
      ...(options.onDepth === undefined ? {} : { onDepth: options.onDepth }),
    }),
  );
}

interface OpenBatch extends AnsweredBatch {
  readonly outcomes: PurchaseOutcome[];
}

interface ToPublish {
  readonly index: number;
  readonly outcome: Extract<PurchaseOutcome, { order: unknown }>;
  readonly key: string;
}

const SOLD_OUT = { kind: 'soldOut' } as const satisfies PurchaseOutcome;
const OVERLOADED = { kind: 'overloaded' } as const satisfies PurchaseOutcome;
const UNAVAILABLE = { kind: 'unavailable' } as const satisfies PurchaseOutcome;
const RECOVERING = { kind: 'recovering' } as const satisfies PurchaseOutcome;
const UNKNOWN_SALE = { kind: 'unknownSale' } as const satisfies PurchaseOutcome;

function outcomeOf(fault: unknown): PurchaseOutcome {
  if (isFault(fault, 'full')) return OVERLOADED;
  return isFault(fault, 'fenced') ? RECOVERING : UNAVAILABLE;
}

function itemOf({ userId, idempotencyKey }: PurchaseRequest, newId: IdSource): ReserveItem {
  const orderId = newId();
  const key = idempotencyKey === undefined ? `o:${orderId}` : `k:${idempotencyKey}`;
  return { orderId, userId, key, fingerprint: FINGERPRINT };
}

function answerAll(batch: OpenBatch, indices: readonly number[], outcome: PurchaseOutcome): AnsweredBatch {
  for (const i of indices) batch.outcomes[i] = outcome;
  return batch;
}
