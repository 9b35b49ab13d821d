import { Subject } from 'rxjs';
import { serialiseOrder } from '../../../src/api/orders/json.ts';
import { renderOutcome } from '../../../src/api/purchases/outcome.ts';
import { isFault } from '../../../src/domain/errors.ts';
import type { PurchaseOutcome } from '../../../src/domain/purchase.ts';
import { closeSale } from '../../../src/services/close-sale.ts';
import { NodeLease, nodeLeaseDefaults } from '../../../src/services/node-lease.ts';
import { OrderFinder } from '../../../src/services/order-finder.ts';
import type { OrderOutcome } from '../../../src/services/order-outcome.ts';
import { Orders, type Viewer } from '../../../src/services/orders.ts';
import { PaymentEvents } from '../../../src/services/payment-events.ts';
import { publishSale } from '../../../src/services/publish.ts';
import { Sales } from '../../../src/services/sales.ts';
import { purchase } from '../../../src/streams/purchase.ts';
import type { PurchaseRequest } from '../../../src/streams/purchase-request.ts';
import { carelessLog } from './planted.ts';
import { createSimulatedPolicy } from './policy.ts';
import { type RoleParts, TIMES } from './role.ts';

/** As the buyer's client sees it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Front {
  readonly process: RoleParts['process'];
  purchase(saleId: string, userId: string, key: string | undefined): Promise<Answer>;
  order(orderId: string, userId: string): Promise<Answer>;
  pay(orderId: string, userId: string): Promise<Answer>;
  cancel(orderId: string, userId: string): Promise<Answer>;
  webhook(signature: string, body: Uint8Array): Promise<Answer>;
  publish(saleId: string): Promise<Answer>;
  close(saleId: string): Promise<Answer>;
}

/** As src/app/policies.ts sets them. */
const POLICY = { concurrency: 4, failureShare: 0.5, windowMs: 5000, minimumRps: 1, halfOpenAfterMs: 1000 } as const;
const NODE_RETRY_MS = 300;

/** The front: the real purchase stream and services, wired as the composition root does. */
export function startFront(parts: RoleParts): Front {
  const { process, ports, eventBus: newsroom, bugs, onViolation } = parts;
  const { queue, store, payments } = ports;
  const { clock } = process;
  const { random } = process.world;
  const events = newsroom.busOf(process);
  const log = carelessLog(parts);
  const sales = new Sales({ ...ports, clock });
  events.events$.subscribe((item) => item.type === 'sale' && sales.forget(item.saleId));
  every(TIMES.warmEveryMs, () => sales.warm());

  const lease = new NodeLease({ ...ports, clock }, { ...nodeLeaseDefaults, holder: process.name, random: random.next });
  const takeNumber = () => lease.renew().catch(() => void process.after(NODE_RETRY_MS, takeNumber));
  void takeNumber();

  const request$ = new Subject<PurchaseRequest>();
  purchase(
    request$,
    {
      queue,
      log,
      sales: {
        known: (saleId) => sales.known(saleId),
        find: (saleId) => sales.find(saleId),
        forget: (saleId) => sales.forget(saleId),
        observe: (saleId, stock) => sales.observe(saleId, stock),
      },
      newId: lease.newId,
      clock,
      policies: {
        queue: createSimulatedPolicy(process, 'queue', { ...POLICY, timeoutMs: TIMES.deadlineMs * 0.5 }),
        log: createSimulatedPolicy(process, 'log', { ...POLICY, timeoutMs: TIMES.deadlineMs * 0.9 }),
      },
    },
    {
      deadlineMs: bugs.has('lateReplies') ? Number.POSITIVE_INFINITY : TIMES.deadlineMs,
      batchSize: 4,
      concurrency: 2,
      capacity: 16,
      soldOutMs: 100,
      attempts: 0,
      schedule: (task) => void process.after(0, task),
    },
  ).subscribe({
    next: ({ requests, outcomes }) => {
      for (const [n, request] of requests.entries()) {
        const outcome = outcomes[n];
        if (outcome === undefined) onViolation(`the request ${request.requestId} was left without an outcome`);
        else request.respond(outcome);
      }
    },
    error: (error: unknown) => onViolation(`the purchase stream failed: ${String(error)}`),
  });

  const finder = new OrderFinder(ports);
  const orders = new Orders({
    ...ports,
    finder,
    events,
    clock,
    wait: (ms) => process.wait(ms),
    onNotReturned: () => {},
  });
  const paymentEvents = new PaymentEvents({ payments, store, finder, events, clock, onNotice: () => {} });
  const admin = { ...ports, sales, events, clock };
  let requests = 0;

  function every(ms: number, task: () => Promise<unknown>): void {
    const round = () => task().then(next, next);
    const next = () => void process.after(ms, round);
    void round();
  }

  return {
    process,
    purchase: async (saleId, userId, idempotencyKey) => {
      requests += 1;
      const requestId = `${process.name}-${requests}`;
      let replies = 0;
      const outcome = await new Promise<PurchaseOutcome>((resolve) => {
        const respond = (outcome: PurchaseOutcome) => {
          replies += 1;
          if (replies > 1) onViolation(`the request ${requestId} was answered twice`);
          resolve(outcome);
        };
        request$.next({ saleId, userId, idempotencyKey, requestId, receivedAt: clock.monotonic(), respond });
      });
      const answer = renderOutcome(outcome, requestId);
      if (outcome.kind !== 'replayed' || !bugs.has('replayTellsStateNow')) return answer;
      const now = await store.order(outcome.order.id).catch(() => undefined);
      return now === undefined ? answer : { status: answer.status, body: serialiseOrder(now) };
    },
    order: (orderId, userId) =>
      guarded(async () => {
        const order = await orders.find(orderId, viewer(userId));
        return order === undefined ? NOT_FOUND : { status: 200, body: serialiseOrder(order) };
      }),
    pay: (orderId, userId) => guarded(async () => answerOf(await orders.pay(orderId, viewer(userId)))),
    cancel: (orderId, userId) => guarded(async () => answerOf(await orders.cancel(orderId, viewer(userId)))),
    webhook: (signature, body) =>
      guarded(async () => ({
        status: (await paymentEvents.receive(signature, body)) === 'received' ? 200 : 400,
        body: '',
      })),
    publish: (saleId) => guarded(async () => ({ status: 200, body: (await publishSale(saleId, admin)).kind })),
    close: (saleId) => guarded(async () => ({ status: 200, body: (await closeSale(saleId, admin)).kind })),
  };

  /** A fault is a 503, as src/api/reading.ts has it; anything else is a bug. */
  async function guarded(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (!isFault(error)) onViolation(`a request failed with ${String(error)}`);
      return { status: 503, body: String(error) };
    }
  }
}

const NOT_FOUND: Answer = { status: 404, body: '' };

function answerOf(outcome: OrderOutcome): Answer {
  if (outcome.kind === 'unknown') return NOT_FOUND;
  return { status: outcome.kind === 'ok' ? 200 : 409, body: serialiseOrder(outcome.order) };
}

function viewer(userId: string): Viewer {
  return { userId, admin: false };
}
