import type { FrontObserver } from '../../roles/front/observer.ts';
import type { PaymentNotice } from '../../services/payment-events.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Context } from '../context.ts';
import { logStreamFailures } from './log-stream-failures.ts';

/** Writes what a front reports to the log and the metrics. */
export function createFrontObserver({ log, metrics }: Context): FrontObserver {
  return {
    ...logStreamFailures(log),
    breaker: (name, state) => {
      const count = metrics.sampleBreaker(name, state);
      let isOpen = false;
      return (changed) => {
        count(changed);
        // Once when an outage starts and once when it ends: in between the breaker makes repeated trial calls.
        if (changed === 'open' && !isOpen) log.warn({ dependency: name, state: changed }, 'breaker opened');
        if (changed === 'closed') log.info({ dependency: name, state: changed }, 'breaker closed');
        isOpen = changed !== 'closed';
      };
    },
    answered: (batch, now) => {
      metrics.purchaseBatch(batch, now);
      const { requests, saleId, fault } = batch;
      if (fault === undefined) return;
      const requestIds = requests.map(({ requestId }) => requestId);
      log.warn({ err: fault, saleId, requestIds }, 'purchases could not be completed');
    },
    answeredByDeadline: (requests) => log.debug({ requests }, 'purchases answered by their deadline'),
    turnedAway: metrics.purchaseTurnedAway,
    purchaseLoad: metrics.showPurchaseLoad,
    unmarked: (err) =>
      log.warn({ err }, 'published reservations are still marked unpublished; the relay will publish them again'),
    saleRemaining: metrics.saleRemaining,
    saleOver: metrics.saleOver,
    warmingFailed: (err) => log.debug({ err }, 'the sales in memory were not refreshed'),
    nodeNumberMissing: (err, retryInMs) =>
      log.warn({ err, retryInMs: Math.round(retryInMs) }, 'no node number for order ids yet, trying again'),
    nodeNumberNotReleased: (err) => log.warn({ err }, 'the node number was not released; its lease expires'),
    leader: ({ missing, missingMs, changed }) => {
      metrics.leaderMissing(missingMs);
      if (!changed) return;
      const missingForS = Math.round(missingMs / 1000);
      if (missing)
        log.error({ missingForS }, 'no process leads the scheduler: nothing expires, is refunded or recovered');
      else log.info('a process leads the scheduler again');
    },
    notReturned: (err, { id, saleId }) =>
      log.warn(
        { err, orderId: id, saleId },
        'a cancelled ticket is not on sale again yet; the scheduler will return it',
      ),
    payment: (notice) => logPayment(notice, log),
    readFailed: (err, requestId) => log.warn({ err, requestId }, 'a read could not be completed'),
    live: {
      liveFrame: metrics.liveFrame,
      liveFlood: metrics.liveFlood,
      liveOrders: metrics.liveOrders,
      livePublished: metrics.livePublished,
      sampleLiveLoad: metrics.sampleLiveLoad,
      lookupFailed: (err, requestId) => log.warn({ err, requestId }, 'a sale could not be looked up for a live socket'),
      countdownFailed: (err, saleId) => log.warn({ err, saleId }, 'a countdown could not read its sale, trying again'),
    },
    rateLimited: metrics.sampleRateLimited,
  };
}

function logPayment({ kind, event }: PaymentNotice, log: Pick<Log, 'warn' | 'error'>): void {
  const about = { paymentId: event.paymentId, orderId: event.orderId, eventId: event.id };
  if (kind === 'refundDue') log.warn(about, 'a payment came too late or twice and will be refunded');
  if (kind === 'unknownOrder') log.error(about, 'a payment names an order that does not exist: investigate');
}
