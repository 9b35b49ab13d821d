import type { FrontObserver } from '../../roles/front/observer.ts';
import { seldom } from '../../services/audit/progress.ts';
import type { PaymentNotice } from '../../services/payment-events.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Context } from '../context.ts';
import { logOutage } from './log-outage.ts';
import { logStreamFailures } from './log-stream-failures.ts';

/** A line names this many of a batch's requests: enough to find one of them. */
const SHOWN_REQUESTS = 16;

/** How often the progress of an audit is written, milliseconds. */
const PROGRESS_EVERY_MS = 1000;

/** Writes what a front reports to the log and the metrics. */
export function createFrontObserver({ log, metrics }: Context): FrontObserver {
  const now = () => performance.now();
  const purchases = logOutage(log, 'purchases could not be completed', now);
  const reads = logOutage(log, 'a read could not be completed', now);
  const lookups = logOutage(log, 'a sale could not be looked up for a live socket', now);
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
    answered: (batch, at) => {
      metrics.purchaseBatch(batch, at);
      const { requests, saleId, fault } = batch;
      if (fault === undefined) return purchases.succeeded();
      const first = requests.slice(0, SHOWN_REQUESTS).map(({ requestId }) => requestId);
      purchases.failed(fault, { saleId, requests: requests.length, requestIds: first }, requests.length);
    },
    answeredByDeadline: (requests) => log.debug({ requests }, 'purchases answered by their deadline'),
    shed: metrics.purchaseShed,
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
    payment: (notice) => {
      metrics.paymentEvent(notice.kind);
      logPayment(notice, log);
    },
    paymentUnhandled: metrics.paymentEvent,
    ordersEnded: metrics.ordersEnded,
    auditing: seldom((progress) => log.info(progress, 'an audit is reading'), {
      everyMs: PROGRESS_EVERY_MS,
      monotonic: now,
    }),
    audited: ({ saleId, ok, tookMs }) => log.info({ saleId, ok, tookMs }, 'audited'),
    readFailed: (err, requestId) => reads.failed(err, { requestId }),
    live: {
      liveFrame: metrics.liveFrame,
      liveFlood: metrics.liveFlood,
      liveOrders: metrics.liveOrders,
      livePublished: metrics.livePublished,
      liveRefused: metrics.liveRefused,
      sampleLiveLoad: metrics.sampleLiveLoad,
      lookupFailed: (err, requestId) => lookups.failed(err, { requestId }),
      countdownFailed: (err, saleId) => log.warn({ err, saleId }, 'a countdown could not read its sale, trying again'),
    },
    rateLimited: metrics.sampleRateLimited,
  };
}

function logPayment(notice: PaymentNotice, log: Pick<Log, 'info' | 'warn' | 'error'>): void {
  const { kind, event } = notice;
  const about = { paymentId: event.paymentId, orderId: event.orderId, eventId: event.id };
  if (kind === 'rebookingDue')
    log.warn(about, 'a payment came after its order had ended: it buys tickets again, or is refunded');
  if (kind === 'refundDue') log.warn(about, 'a payment came twice, or for a cancelled order, and will be refunded');
  if (kind === 'paymentFailed') log.info(about, 'a payment has failed');
  if (kind === 'mismatch') {
    const compared = { ...about, saleId: notice.order.saleId, captured: event.amount, price: notice.order.price };
    log.error(compared, 'a payment is not of its order’s price: it pays nothing and will be refunded; investigate');
  }
  if (kind === 'unknownOrder')
    log.warn(about, 'a payment names an order that is not known; the provider has to repeat it');
  if (kind === 'foreign') log.error(about, 'a payment names no order: investigate');
}
