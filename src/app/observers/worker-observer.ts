import type { WorkerObserver } from '../../roles/worker/worker.ts';
import type { Context } from '../context.ts';
import { logStreamFailures } from './log-stream-failures.ts';

/** Writes what a worker reports to the log and the metrics. */
export function createWorkerObserver({ log, metrics }: Context): WorkerObserver {
  return {
    ...logStreamFailures(log),
    settled: (batch) => {
      metrics.settlementBatch(batch);
      for (const { order, reason } of batch.rejected) {
        const about = { orderId: order.id, saleId: order.saleId, tickets: order.tickets, reason };
        if (reason === 'fence') log.warn(about, 'order rejected by a fence: it was never acknowledged to a buyer');
        else log.error(about, 'order rejected: the database holds a conflicting one');
      }
      if (batch.deadLettered > 0)
        log.error({ deadLettered: batch.deadLettered }, 'log records moved to the dead letters');
    },
    storeCall: metrics.storeCall,
    storeSlow: ({ orders, positions }, forMs) =>
      log.warn({ dependency: 'order store', orders: orders.length, positions, forMs }, 'a batch is not stored yet'),
    liveViewApplied: ({ reserved }) => metrics.liveViewApplied(reserved),
    liveRepaired: (sale) => log.warn(sale, 'the live state was not what the log has, and was corrected'),
    sampleConsumerLag: metrics.sampleConsumerLag,
    retrying: (dependency, err, waitMs) =>
      log.warn({ err, dependency, retryInMs: Math.round(waitMs) }, 'a dependency failed, trying again'),
  };
}
