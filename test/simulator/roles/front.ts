import { serialiseOrder } from '../../../src/api/orders/json.ts';
import { renderOutcome } from '../../../src/api/purchases/outcome.ts';
import { isFault } from '../../../src/domain/errors.ts';
import type { PurchaseOutcome } from '../../../src/domain/purchase.ts';
import { startFront } from '../../../src/roles/front/front.ts';
import type { FrontObserver } from '../../../src/roles/front/observer.ts';
import { createPolicies } from '../../../src/roles/front/policies.ts';
import type { Settings } from '../../../src/roles/settings.ts';
import { archiveSale } from '../../../src/services/archive-sale.ts';
import { closeSale } from '../../../src/services/close-sale.ts';
import type { JobRequest } from '../../../src/services/job-admin.ts';
import type { OrderOutcome } from '../../../src/services/order-outcome.ts';
import type { Viewer } from '../../../src/services/orders.ts';
import { publishSale } from '../../../src/services/publish.ts';
import type { RefundCommand } from '../../../src/services/refunds.ts';
import type { SettingsPatch } from '../../../src/services/settings-admin.ts';
import {
  type AdminCommand,
  addStock,
  extendSale,
  pauseSale,
  resumeSale,
  type SteerOutcome,
  type SteerPorts,
} from '../../../src/services/steer-sale.ts';
import type { PurchaseRequest } from '../../../src/streams/purchase/request.ts';
import { watchTrials } from '../checks/trials.ts';
import type { SteeringAct } from '../scenario.ts';
import { plantedReceipt, plantInFront, plantInPolicies, plantInSettings } from './planted.ts';
import { DEFAULTS, type RoleParts, roleObserver, runtimeOf } from './role.ts';

/** The reason of an admin's refunds of single orders, by which checks know them. */
export const REFUND_REASON = 'called off';

/** An answer as the client sees it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A front as seen by clients. */
export interface SimulatedFront {
  readonly process: RoleParts['process'];
  purchase(saleId: string, userId: string, key: string | undefined, quantity: number): Promise<Answer>;
  order(orderId: string, userId: string): Promise<Answer>;
  pay(orderId: string, userId: string): Promise<Answer>;
  cancel(orderId: string, userId: string): Promise<Answer>;
  /** The body of a 202 is what is given back, in minor units; that of a 409 why it is not. */
  refund(orderId: string, asked: Pick<RefundCommand, 'amount' | 'returnTickets'>, key: string): Promise<Answer>;
  webhook(signature: string, body: Uint8Array): Promise<Answer>;
  publish(saleId: string): Promise<Answer>;
  close(saleId: string): Promise<Answer>;
  archive(saleId: string): Promise<Answer>;
  /** The body is the kind of the outcome. */
  steer(saleId: string, act: SteeringAct, key: string): Promise<Answer>;
  /** The body is the job's id; empty if none was started. */
  startJob(request: JobRequest): Promise<Answer>;
  /** The body is the job's version; empty if there is none. */
  steerJob(name: 'stop' | 'resume', jobId: string, version: number): Promise<Answer>;
  change(patch: SettingsPatch): Promise<Answer>;
}

/** A front: the production role on simulated ports, with requests as the HTTP front submits them. */
export async function startSimulatedFront(parts: RoleParts, ownSettings: Settings): Promise<SimulatedFront> {
  const { process, bugs, onViolation } = parts;
  const { clock } = process;
  const runtime = runtimeOf(process);
  const { settings, onOverload } = plantInSettings(ownSettings, parts);
  const ports = plantInFront(parts);
  const observer = frontObserver(parts, onOverload);
  const policies = watchTrials(
    plantInPolicies(createPolicies(settings, runtime, observer), parts),
    settings,
    clock,
    onViolation,
  );
  const front = await startFront(ports, {
    runtime,
    policies,
    settings,
    defaults: DEFAULTS,
    payments: ports.payments,
    observer,
    draining: () => false,
  });
  const { orders, refunds, paymentEvents, purchases, sales, settingsAdmin, jobAdmin, guarded } = front;
  const admin = { ...guarded, sales };
  let requests = 0;

  const outcomeOf = (asked: Omit<PurchaseRequest, 'receivedAt' | 'respond'>) =>
    new Promise<PurchaseOutcome>((resolve) => {
      let replies = 0;
      const { requestId } = asked;
      const receivedAt = clock.monotonic();
      const respond = (outcome: PurchaseOutcome) => {
        replies += 1;
        if (replies > 1) onViolation(`the request ${requestId} was answered twice`);
        const tookMs = clock.monotonic() - receivedAt;
        if ('order' in outcome && tookMs > DEFAULTS.purchase.deadlineMs) {
          onViolation(`the request ${requestId} was answered with an order ${Math.round(tookMs)} ms after its receipt`);
        }
        resolve(outcome);
      };
      const request = { ...asked, receivedAt: plantedReceipt(parts), respond };
      if (purchases.shouldShed()) respond({ kind: 'overloaded' });
      else purchases.submit(request);
    });

  /** A fault becomes a 503, as in the API's routes; any other error is a bug. */
  const guardedBy503 = async (work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      if (!isFault(error)) onViolation(`a request failed with ${String(error)}`);
      return { status: 503, body: String(error) };
    }
  };

  return {
    process,
    purchase: async (saleId, userId, idempotencyKey, quantity) => {
      requests += 1;
      const requestId = `${process.name}-${requests}`;
      const outcome = await outcomeOf({ saleId, userId, idempotencyKey, quantity, requestId });
      const answer = renderOutcome(outcome, requestId);
      if (outcome.kind !== 'replayed' || !bugs.has('replayShowsCurrentState')) return answer;
      const now = await ports.store.order(outcome.order.id).catch(() => undefined);
      return now === undefined ? answer : { status: answer.status, body: serialiseOrder(now) };
    },
    order: (orderId, userId) =>
      guardedBy503(async () => {
        const order = await orders.find(orderId, viewer(userId));
        return order === undefined ? NOT_FOUND : { status: 200, body: serialiseOrder(order) };
      }),
    pay: (orderId, userId) => guardedBy503(async () => answerOf(await orders.pay(orderId, viewer(userId)))),
    cancel: (orderId, userId) => guardedBy503(async () => answerOf(await orders.cancel(orderId, viewer(userId)))),
    refund: (orderId, asked, key) =>
      guardedBy503(async () => {
        const sent = bugs.has('refundWithoutKey') ? undefined : key;
        const result = await refunds.request(orderId, { ...asked, reason: REFUND_REASON, by: 'admin', key: sent });
        if (result.kind !== 'refunded') return { status: 409, body: result.kind };
        return { status: 202, body: String(result.refund.amount.amount) };
      }),
    webhook: (signature, body) =>
      guardedBy503(async () => {
        const received = await paymentEvents.receive(signature, body);
        return { status: received === 'received' ? 200 : 400, body: '' };
      }),
    publish: (saleId) => guardedBy503(async () => ({ status: 200, body: (await publishSale(saleId, admin)).kind })),
    close: (saleId) => guardedBy503(async () => ({ status: 200, body: (await closeSale(saleId, admin)).kind })),
    archive: (saleId) =>
      guardedBy503(async () => ({ status: 200, body: (await archiveSale(saleId, admin, { by: 'admin' })).kind })),
    steer: (saleId, act, key) =>
      guardedBy503(async () => {
        const command = { by: 'admin', key: bugs.has('stockAddedAgain') ? undefined : key };
        return { status: 200, body: (await steer(saleId, act, { ...admin, clock }, command)).kind };
      }),
    startJob: (request) =>
      guardedBy503(async () => {
        const outcome = await jobAdmin.start(request);
        return { status: 200, body: outcome.kind === 'started' ? outcome.job.id : '' };
      }),
    steerJob: (name, jobId, version) =>
      guardedBy503(async () => {
        const outcome = await jobAdmin[name](jobId, bugs.has('jobSteeredLate') ? undefined : [version]);
        return { status: 200, body: outcome.kind === 'changed' ? String(outcome.job.steered) : '' };
      }),
    change: (patch) =>
      guardedBy503(async () => ({ status: 200, body: (await settingsAdmin.change(patch, 'admin')).kind })),
  };
}

function frontObserver(parts: RoleParts, onOverload: () => void): FrontObserver {
  const ignore = () => {};
  return {
    ...roleObserver(parts),
    breaker: () => ignore,
    answered: ({ requests, outcomes }) => {
      for (const [n, { requestId }] of requests.entries()) {
        if (outcomes[n] === undefined) parts.onViolation(`the request ${requestId} got no outcome`);
      }
      if (outcomes.some(({ kind }) => kind === 'overloaded')) onOverload();
    },
    answeredByDeadline: ignore,
    shed: ignore,
    purchaseLoad: ignore,
    unmarked: ignore,
    saleRemaining: ignore,
    saleOver: ignore,
    warmingFailed: ignore,
    auditing: ignore,
    audited: ignore,
    nodeNumberMissing: ignore,
    nodeNumberNotReleased: ignore,
    leader: ignore,
    notReturned: ignore,
    paymentUnhandled: ignore,
    ordersEnded: ignore,
    payment: ignore,
    readFailed: ignore,
    live: {
      liveFrame: ignore,
      liveFlood: ignore,
      liveOrders: ignore,
      livePublished: ignore,
      liveRefused: ignore,
      sampleLiveLoad: ignore,
      lookupFailed: ignore,
      countdownFailed: ignore,
    },
    rateLimited: ignore,
  };
}

const NOT_FOUND: Answer = { status: 404, body: '' };

function answerOf(outcome: OrderOutcome): Answer {
  if (outcome.kind === 'unknown') return NOT_FOUND;
  return { status: outcome.kind === 'ok' ? 200 : 409, body: serialiseOrder(outcome.order) };
}

function steer(saleId: string, act: SteeringAct, ports: SteerPorts, command: AdminCommand): Promise<SteerOutcome> {
  switch (act.kind) {
    case 'pause':
      return pauseSale(saleId, ports, command);
    case 'resume':
      return resumeSale(saleId, ports, command);
    case 'addStock':
      return addStock(saleId, ports, { ...command, quantity: act.quantity });
    case 'extend':
      return extendSale(saleId, ports, { ...command, closesAt: act.closesAt });
  }
}

function viewer(userId: string): Viewer {
  return { userId, admin: false };
}
