import { type LoggedReservation, recordOf } from '../../domain/log-record.ts';
import type { Sale } from '../../domain/sale.ts';
import type { OpenBatch, ToPublish } from './batch.ts';
import type { PurchaseOptions, PurchasePorts } from './contract.ts';
import type { PurchaseRequest } from './request.ts';

type PublishStagePorts = Pick<PurchasePorts, 'queue' | 'log' | 'policies'>;

/**
 * Appends a batch's reservations to the log as one record, and fills in their outcomes once the record is durable.
 * Resolves with the fault that prevented it, if any; the outcomes then remain `unavailable`.
 */
export function publishStage(
  { queue, log, policies }: PublishStagePorts,
  { onUnmarked }: Pick<PurchaseOptions, 'onUnmarked'>,
): (batch: OpenBatch, toPublish: readonly ToPublish[], sale: Sale) => Promise<unknown> {
  /**
   * Answers do not wait for this: if the mark is lost, the relay publishes again, and the store ignores the duplicate.
   */
  const markPublished = async ({ id, epoch }: Sale, orderIds: readonly string[]): Promise<void> => {
    try {
      await queue.published(id, epoch, orderIds);
    } catch (error) {
      onUnmarked?.(error);
    }
  };

  return async (batch, toPublish, sale) => {
    const items: LoggedReservation[] = [];
    const orderIds = new Set<string>();
    for (const { index, outcome, key } of toPublish) {
      const { id: orderId, tickets, userId, reservedAt } = outcome.order;
      // Two requests with one key in a batch have the same order.
      if (orderIds.has(orderId)) continue;
      orderIds.add(orderId);
      const { requestId } = batch.requests[index] as PurchaseRequest;
      items.push({ orderId, tickets, userId, key, reservedAt, requestId });
    }
    const record = recordOf(sale, items);
    try {
      await policies.log.execute(() => log.append(record));
    } catch (fault) {
      return fault;
    }
    for (const { index, outcome } of toPublish) batch.outcomes[index] = outcome;
    void markPublished(sale, [...orderIds]);
    return undefined;
  };
}
