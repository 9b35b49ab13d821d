import { EMPTY, map, type Observable, type ObservableInput, of, tap } from 'rxjs';
import type { LoggedReservation } from '../domain/log-record.ts';
import { type PurchaseOutcome, type Reservation, reservedOrder } from '../domain/purchase.ts';
import { isPublic, type Sale } from '../domain/sale.ts';
import type { ReserveAnswer } from '../ports/ticket-queue.ts';
import { type BatchMapLimits, batchMap } from './operators/batch-map.ts';
import {
  type Asked,
  answerAll,
  itemOf,
  type OpenBatch,
  OVERLOADED,
  outcomeOf,
  RECOVERING,
  SOLD_OUT,
  type ToPublish,
  UNAVAILABLE,
  UNKNOWN_SALE,
} from './purchase/batch.ts';
import type { AnsweredBatch, PurchaseLimits, PurchaseOptions, PurchasePorts } from './purchase/contract.ts';
import type { PurchaseRequest } from './purchase-request.ts';
import { SoldOutMemo } from './sold-out-memo.ts';

export type {
  AnsweredBatch,
  PurchaseLimits,
  PurchaseOptions,
  PurchasePorts,
} from './purchase/contract.ts';

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
  options: PurchaseOptions,
): Observable<AnsweredBatch> {
  const { queue, log, atomicSale: oneStep, sales, newId, clock, policies } = ports;
  const { limits$ = EMPTY } = options;
  const soldOut = new SoldOutMemo(clock, options.soldOutMs);
  let { deadlineMs, attempts } = options;

  const sell = (requests: readonly PurchaseRequest[], saleId: string): ObservableInput<OpenBatch> => {
    // What is left without an answer, whatever happened, is unknown.
    const outcomes: PurchaseOutcome[] = new Array(requests.length).fill(UNAVAILABLE);
    const open: number[] = [];
    const isSoldOut = soldOut.has(saleId);
    requests.forEach((request, i) => {
      // A buyer with a key may have won before: only the queue knows.
      if (isSoldOut && request.idempotencyKey === undefined) outcomes[i] = SOLD_OUT;
      else open.push(i);
    });
    const batch = { saleId, requests, outcomes };
    return open.length === 0 ? of(batch) : reserveAndPublish(batch, open);
  };

  const reserveAndPublish = async (batch: OpenBatch, open: readonly number[]): Promise<OpenBatch> => {
    let askedAt: number | undefined;
    const took = () => (askedAt === undefined ? {} : { tookMs: clock.monotonic() - askedAt });
    try {
      const known = sales.known(batch.saleId) ?? (await sales.find(batch.saleId));
      if (known === undefined || !isPublic(known)) return answerAll(batch, open, UNKNOWN_SALE);
      // A ticket is not taken that can't be published.
      if (!log.writable() || !policies.log.ready()) return answerAll(batch, open, UNAVAILABLE);
      const asked = open.map((index) => ({ index, item: itemOf(batch.requests[index] as PurchaseRequest, newId) }));
      askedAt = clock.monotonic();
      const { toPublish, sale } = await reserve(batch, asked, known);
      const fault = toPublish.length === 0 ? undefined : await publish(batch, toPublish, sale);
      return { ...batch, ...(fault === undefined ? {} : { fault }), ...took() };
    } catch (fault) {
      return { ...answerAll(batch, open, outcomeOf(fault)), fault, ...took() };
    }
  };

  /** Fills in what the queue decides; returns what is the log's to decide, and the sale of the epoch that decided. */
  const reserve = async (
    batch: OpenBatch,
    asked: readonly Asked[],
    sale: Sale,
    again = false,
  ): Promise<{ toPublish: readonly ToPublish[]; sale: Sale }> => {
    const inTime = refuseLate(batch, asked);
    if (inTime.length === 0) return { toPublish: [], sale };
    const items = inTime.map(({ item }) => item);
    // As it is now: it may change before the answer.
    const limit = attempts;
    const reply = await policies.queue.execute(() =>
      oneStep === undefined ? queue.reserve(sale.id, sale.epoch, items, limit) : oneStep.sell(sale, items, limit),
    );
    if (reply.kind === 'answered') {
      sales.observe(sale.id, reply.stock);
      return { toPublish: settleAnswers(batch, inTime, reply.answers, sale, limit), sale };
    }
    if (reply.kind === 'stale' && !again) {
      // The queue was rebuilt since this process read the sale: once more with the epoch of today, nothing was done.
      sales.forget(sale.id);
      return reserve(batch, inTime, (await sales.find(sale.id)) ?? sale, true);
    }
    for (const { index } of inTime) batch.outcomes[index] = RECOVERING;
    return { toPublish: [], sale };
  };

  /** Asked before each call of the queue: reading the sale may have taken long. */
  const refuseLate = (batch: OpenBatch, asked: readonly Asked[]): readonly Asked[] => {
    const latest = clock.monotonic() - deadlineMs;
    return asked.filter(({ index }) => {
      if ((batch.requests[index] as PurchaseRequest).receivedAt >= latest) return true;
      batch.outcomes[index] = OVERLOADED;
      return false;
    });
  };

  const settleAnswers = (
    batch: OpenBatch,
    asked: readonly Asked[],
    answers: readonly ReserveAnswer[],
    sale: Sale,
    limit: number,
  ): ToPublish[] => {
    const toPublish: ToPublish[] = [];
    answers.forEach((answer, n) => {
      const { index, item } = asked[n] as Asked;
      switch (answer.kind) {
        case 'reserved':
        case 'replayed': {
          const orderId = answer.kind === 'replayed' ? answer.orderId : item.orderId;
          const { ticket, reservedAt } = answer;
          const reservation: Reservation = { orderId, userId: item.userId, ticket, reservedAt };
          const outcome = { kind: answer.kind, order: reservedOrder(sale, reservation) } as const;
          const isPublished = answer.kind === 'replayed' ? answer.published : oneStep !== undefined;
          if (isPublished) batch.outcomes[index] = outcome;
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
        case 'tooManyAttempts':
          batch.outcomes[index] = { kind: 'tooManyAttempts', limit, resetMs: answer.endsInMs };
          return;
        default:
          batch.outcomes[index] = answer;
      }
    });
    return toPublish;
  };

  /** Fills in what the log decides; returns the fault that kept it from doing so. */
  const publish = async (batch: OpenBatch, toPublish: readonly ToPublish[], sale: Sale): Promise<unknown> => {
    const items: LoggedReservation[] = [];
    const orderIds = new Set<string>();
    for (const { index, outcome, key } of toPublish) {
      const { id: orderId, ticket, userId, reservedAt } = outcome.order;
      // Two requests with one key share a batch and an order.
      if (orderIds.has(orderId)) continue;
      orderIds.add(orderId);
      const { requestId } = batch.requests[index] as PurchaseRequest;
      items.push({ orderId, ticket, userId, key, reservedAt, requestId });
    }
    const { productId, price, payWithinSeconds, epoch } = sale;
    const record = { type: 'reservations', saleId: sale.id, productId, epoch, price, payWithinSeconds, items } as const;
    try {
      await policies.log.execute(() => log.append(record));
    } catch (fault) {
      return fault;
    }
    for (const { index, outcome } of toPublish) batch.outcomes[index] = outcome;
    void markPublished(sale, [...orderIds]);
    return undefined;
  };

  /** Nobody waits for this one: if it is lost, the relay publishes again, and the store ignores it. */
  const markPublished = async ({ id, epoch }: Sale, orderIds: readonly string[]): Promise<void> => {
    try {
      await queue.published(id, epoch, orderIds);
    } catch (error) {
      options.onUnmarked?.(error);
    }
  };

  /** In the very turn of the answer: an order that comes too late is not told, old or new. Its key finds it. */
  const withholdLate = ({ requests, outcomes, turnedAway }: OpenBatch): void => {
    if (turnedAway) return;
    const latest = clock.monotonic() - deadlineMs;
    requests.forEach(({ receivedAt }, i) => {
      if (receivedAt < latest && 'order' in (outcomes[i] as PurchaseOutcome)) outcomes[i] = UNAVAILABLE;
    });
  };

  return request$.pipe(
    batchMap<PurchaseRequest, OpenBatch>(sell, {
      keyOf: (request) => request.saleId,
      ...batchLimits(options),
      limits$: limits$.pipe(
        tap((limits) => {
          deadlineMs = limits.deadlineMs;
          attempts = limits.attempts;
          soldOut.ms = limits.soldOutMs;
        }),
        map(batchLimits),
      ),
      refuse: (request) => ({ saleId: request.saleId, requests: [request], outcomes: [OVERLOADED], turnedAway: true }),
      ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
      ...(options.onSubscribe === undefined ? {} : { onSubscribe: options.onSubscribe }),
    }),
    tap(withholdLate),
  );
}

function batchLimits({ batchSize, concurrency, capacity }: PurchaseLimits): BatchMapLimits {
  return { size: batchSize, concurrency, capacity };
}
