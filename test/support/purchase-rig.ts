import { Subject, type Subscription } from 'rxjs';
import { expect } from 'vitest';
import { createIdSource } from '../../src/domain/ids.ts';
import type { ReservationsRecord } from '../../src/domain/log-record.ts';
import type { Order } from '../../src/domain/order.ts';
import type { PurchaseOutcome } from '../../src/domain/purchase.ts';
import type { Sale } from '../../src/domain/sale.ts';
import type { AtomicSale } from '../../src/ports/atomic-sale.ts';
import type { ReserveItem, ReserveReply } from '../../src/ports/ticket-queue.ts';
import { Deadline } from '../../src/resilience/deadline.ts';
import { createPolicy, type PolicyOptions } from '../../src/resilience/policy.ts';
import type { AnsweredBatch, PurchaseLimits, PurchaseOptions } from '../../src/streams/purchase/contract.ts';
import { purchase } from '../../src/streams/purchase/purchase.ts';
import type { PurchaseRequest } from '../../src/streams/purchase/request.ts';
import { settled } from './deferred.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryTicketQueue } from './fakes/memory-ticket-queue.ts';
import { aSale } from './sales.ts';

/** Wrap the real calls of a port: `proceed` makes the call. */
export interface Hooks {
  reserve: (proceed: () => Promise<ReserveReply>, items: readonly ReserveItem[]) => Promise<ReserveReply>;
  published: (proceed: () => Promise<void>) => Promise<void>;
  append: (proceed: () => Promise<void>, record: ReservationsRecord) => Promise<void>;
  find: (proceed: () => Promise<Sale | undefined>) => Promise<Sale | undefined>;
}

const POLICY: PolicyOptions = {
  concurrency: 64,
  timeoutMs: 1500,
  failureShare: 0.5,
  windowMs: 5000,
  minimumRps: 1000,
  halfOpenAfterMs: 1000,
};

/** Limits that no test reaches unless it is about limits. */
export const PURCHASE_LIMITS: PurchaseLimits = {
  batchSize: 128,
  concurrency: 4,
  capacity: 8192,
  deadlineMs: 2000,
  soldOutMs: 100,
  attempts: 0,
};

export interface RigOptions extends Partial<PurchaseOptions> {
  readonly sale?: Partial<Sale>;
  readonly logPolicy?: Partial<PolicyOptions>;
  /** Queue and log are one database, with an atomic sale. */
  readonly oneStep?: boolean;
}

/** The purchase stream on a queue that follows the port's rules, with hooks around all calls that can fail. */
export async function purchaseRig({ sale: changes, logPolicy, oneStep = false, ...options }: RigOptions = {}) {
  const clock = new ManualClock();
  const queue = new MemoryTicketQueue(clock.now);
  const sale = aSale(changes);
  await queue.load(sale);

  const catalogue = new Map([[sale.id, sale]]);
  const memory = new Map(catalogue);
  const records: ReservationsRecord[] = [];
  const reserved: (readonly ReserveItem[])[] = [];
  const observed: number[] = [];
  const unmarked: unknown[] = [];
  const hooks: Hooks = {
    reserve: (proceed) => proceed(),
    published: (proceed) => proceed(),
    append: (proceed) => proceed(),
    find: (proceed) => proceed(),
  };
  const state = { writable: true, mayMakeIds: true };
  const policies = {
    queue: createPolicy('queue', POLICY),
    log: createPolicy('log', { ...POLICY, ...logPolicy }),
  };

  /** Sells in one step; the record is not kept, because no stream sees it. */
  const sell: AtomicSale['sell'] = ({ id, epoch }, items, maxAttempts, maxEnded) =>
    hooks.reserve(async () => {
      const reply = await queue.reserve(id, epoch, items, maxAttempts, maxEnded);
      const answers = reply.kind === 'answered' ? reply.answers : [];
      const sold = items.filter((_, i) => answers[i]?.kind === 'reserved');
      await queue.published(
        id,
        epoch,
        sold.map(({ orderId }) => orderId),
      );
      return reply;
    }, items);

  const request$ = new Subject<PurchaseRequest>();
  const batches: AnsweredBatch[] = [];
  const answers = new Map<string, PurchaseOutcome[]>();
  const won: { readonly order: Order; readonly answeredAfterMs: number }[] = [];
  const ends: unknown[] = [];
  const subscription: Subscription = purchase(
    request$,
    {
      queue: {
        reserve: (saleId, epoch, items, maxAttempts, maxEnded) =>
          hooks.reserve(() => {
            reserved.push(items);
            return queue.reserve(saleId, epoch, items, maxAttempts, maxEnded);
          }, items),
        published: (saleId, epoch, orderIds) => hooks.published(() => queue.published(saleId, epoch, orderIds)),
      },
      log: {
        append: (record) =>
          hooks.append(async () => {
            records.push(record);
          }, record),
        writable: () => state.writable,
      },
      ...(oneStep ? { atomicSale: { sell } } : {}),
      sales: {
        known: (saleId) => memory.get(saleId),
        find: (saleId) => hooks.find(async () => memory.get(saleId) ?? catalogue.get(saleId)),
        forget: (saleId) => memory.delete(saleId),
        observe: (_, { remaining }) => observed.push(remaining),
      },
      newId: createIdSource({ node: 1, now: clock.now, mayUse: () => state.mayMakeIds }),
      clock,
      policies,
      deadline: new Deadline(clock, options.deadlineMs ?? PURCHASE_LIMITS.deadlineMs),
    },
    { ...PURCHASE_LIMITS, onUnmarked: (error) => unmarked.push(error), ...options },
  ).subscribe({
    next: (batch) => {
      batches.push(batch);
      for (const [i, request] of batch.requests.entries()) request.respond(batch.outcomes[i] as PurchaseOutcome);
    },
    error: (error) => ends.push(error),
    complete: () => ends.push('complete'),
  });

  let requests = 0;
  /** Sends a purchase; the answers are collected by request id. */
  const click = (userId: string, key?: string, saleId = sale.id, quantity = 1): string => {
    requests += 1;
    const requestId = `r${requests}`;
    answers.set(requestId, []);
    const receivedAt = clock.monotonic();
    request$.next({
      saleId,
      userId,
      idempotencyKey: key,
      quantity,
      requestId,
      receivedAt,
      respond: (outcome) => {
        answers.get(requestId)?.push(outcome);
        if ('order' in outcome) won.push({ order: outcome.order, answeredAfterMs: clock.monotonic() - receivedAt });
      },
    });
    return requestId;
  };

  return {
    clock,
    queue,
    sale,
    catalogue,
    memory,
    /** The records of the log. */
    records,
    /** The items of each call of the queue. */
    reserved,
    observed,
    unmarked,
    hooks,
    state,
    policies,
    batches,
    answers,
    /** The answered orders, and the age of their requests at that time. */
    won,
    /** How the stream has ended, if it has. */
    ends,
    click,
    /** Sends a purchase, and waits until all pending promises have settled. */
    buy: async (userId: string, key?: string, saleId?: string): Promise<PurchaseOutcome | undefined> => {
      const requestId = click(userId, key, saleId);
      await settled();
      await settled();
      return answers.get(requestId)?.[0];
    },
    complete: () => request$.complete(),
    unsubscribe: () => subscription.unsubscribe(),
  };
}

export type PurchaseRig = Awaited<ReturnType<typeof purchaseRig>>;

/** Expects that the next purchase succeeds, after any fault. */
export async function goesOn({ buy, hooks, state, ends }: PurchaseRig): Promise<void> {
  Object.assign(hooks, {
    reserve: (proceed: () => unknown) => proceed(),
    append: (proceed: () => unknown) => proceed(),
    find: (proceed: () => unknown) => proceed(),
  });
  state.writable = true;
  expect((await buy('a later buyer'))?.kind).toBe('reserved');
  expect(ends).toEqual([]);
}
