import { EMPTY, ignoreElements, map, merge, type Observable, type ObservableInput, of, tap } from 'rxjs';
import { isPublic, type Sale } from '../../domain/sale.ts';
import { type BatchMapLimits, batchMap } from '../operators/batch-map.ts';
import {
  ARCHIVED,
  type Asked,
  answerAll,
  fromRequests,
  itemOf,
  type OpenBatch,
  OVERLOADED,
  outcomeOf,
  shortageOf,
  UNAVAILABLE,
  UNKNOWN_SALE,
} from './batch.ts';
import type { AnsweredBatch, PurchaseLimits, PurchaseOptions, PurchasePorts } from './contract.ts';
import { publishStage } from './publish-stage.ts';
import type { PurchaseRequest } from './request.ts';
import { reserveStage } from './reserve-stage.ts';
import { ShortageMemo } from './shortage-memo.ts';

/**
 * The purchase path: admit -> batch per turn and sale -> reserve -> append to the log -> answer.
 *
 * Every request is answered exactly once. A failing stage does not end the stream: its fault becomes the outcome of its
 * batch. A reservation whose record may not be in the log is answered `unavailable`: whether it was sold is unknown
 * until the relay publishes it; a repetition with the buyer's key finds it then.
 */
export function purchase(
  request$: Observable<PurchaseRequest>,
  ports: PurchasePorts,
  options: PurchaseOptions,
): Observable<AnsweredBatch> {
  const { log, sales, newId, clock, policies, deadline } = ports;
  const { limits$ = EMPTY, changed$ = EMPTY } = options;
  const shortages = new ShortageMemo(clock, options.soldOutMs);
  const attempts = { max: options.attempts };
  const reserve = reserveStage(ports, { shortages, attempts, maxEnded: options.maxEnded ?? 0 });
  const publish = publishStage(ports, options);

  const sell = (requests: readonly PurchaseRequest[], saleId: string): ObservableInput<OpenBatch> => {
    const batch = fromRequests(saleId, requests);
    const open: number[] = [];
    const remaining = shortages.remaining(saleId);
    requests.forEach(({ quantity, idempotencyKey }, i) => {
      // A buyer with a key may have won earlier: only the queue knows.
      if (quantity > remaining && idempotencyKey === undefined) batch.outcomes[i] = shortageOf(remaining);
      else open.push(i);
    });
    return open.length === 0 ? of(batch) : reserveAndPublish(batch, open);
  };

  /** Without those that ask for more than the sale sells to one buyer, which are refused. */
  const askedOf = ({ requests, outcomes }: OpenBatch, open: readonly number[], sale: Sale): readonly Asked[] => {
    const asked: Asked[] = [];
    const most = sale.perBuyerLimit;
    for (const index of open) {
      const request = requests[index] as PurchaseRequest;
      if (request.quantity <= most) asked.push({ index, item: itemOf(request, newId) });
      else outcomes[index] = { kind: 'tooManyTickets', most };
    }
    return asked;
  };

  const reserveAndPublish = async (batch: OpenBatch, open: readonly number[]): Promise<OpenBatch> => {
    let askedAt: number | undefined;
    const took = () => (askedAt === undefined ? {} : { tookMs: clock.monotonic() - askedAt });
    try {
      const known = sales.known(batch.saleId) ?? (await sales.find(batch.saleId));
      if (known === undefined || !isPublic(known)) return answerAll(batch, open, UNKNOWN_SALE);
      if (known.status === 'archived') return answerAll(batch, open, ARCHIVED);
      // No ticket is taken that can't be published.
      if (!log.writable() || !policies.log.ready()) return answerAll(batch, open, UNAVAILABLE);
      const asked = askedOf(batch, open, known);
      if (asked.length === 0) return batch;
      askedAt = clock.monotonic();
      const { toPublish, sale } = await reserve(batch, asked, known);
      const fault = toPublish.length === 0 ? undefined : await publish(batch, toPublish, sale);
      return { ...batch, ...(fault === undefined ? {} : { fault }), ...took() };
    } catch (fault) {
      const undecided = open.filter((index) => batch.outcomes[index] === UNAVAILABLE);
      return { ...answerAll(batch, undecided, outcomeOf(fault)), fault, ...took() };
    }
  };

  /**
   * In the same turn as the answer: a late request is not answered with an order, new or old. A repetition with its key
   * finds the order.
   */
  const withholdLate = ({ requests, outcomes, isShed }: OpenBatch): void => {
    if (isShed) return;
    const lateBefore = deadline.lateBefore();
    requests.forEach(({ receivedAt }, i) => {
      if (receivedAt < lateBefore && 'order' in (outcomes[i] as object)) outcomes[i] = UNAVAILABLE;
    });
  };

  return request$.pipe(
    batchMap<PurchaseRequest, OpenBatch>(sell, {
      keyOf: (request) => request.saleId,
      ...batchLimits(options),
      limits$: merge(
        limits$,
        changed$.pipe(
          tap((saleId) => shortages.forget(saleId)),
          ignoreElements(),
        ),
      ).pipe(
        tap((limits) => {
          deadline.ms = limits.deadlineMs;
          attempts.max = limits.attempts;
          shortages.ms = limits.soldOutMs;
        }),
        map(batchLimits),
      ),
      refuse: (request) => ({ saleId: request.saleId, requests: [request], outcomes: [OVERLOADED], isShed: true }),
      ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
      ...(options.onSubscribe === undefined ? {} : { onSubscribe: options.onSubscribe }),
    }),
    tap(withholdLate),
  );
}

function batchLimits({ batchSize, concurrency, capacity }: PurchaseLimits): BatchMapLimits {
  return { size: batchSize, concurrency, capacity };
}
