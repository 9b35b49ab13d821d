import type { Order } from '../../domain/order.ts';
import { announceStock } from './announce.ts';
import type { HousekeepingPorts, HousekeepingResult } from './contract.ts';

export type Expired = Extract<HousekeepingResult, { step: 'expire' }>;

export interface ExpiryPorts extends Pick<HousekeepingPorts, 'queue' | 'events' | 'clock'> {
  readonly store: Pick<HousekeepingPorts['store'], 'due' | 'transition' | 'returned'>;
}

export interface ExpiredBatch {
  readonly result: Expired;
  /** There may be more that is due. */
  readonly isFull: boolean;
}

/** Expires the orders of a sale that are due the longest, and puts their tickets back on sale. Never rejects. */
export async function expireBatch(
  saleId: string,
  ports: ExpiryPorts,
  batchSize: number,
  inHand: Set<string>,
): Promise<ExpiredBatch> {
  const { store, queue, events, clock } = ports;
  let due: readonly string[] = [];
  let moved: readonly Order[] = [];
  let returned = 0;
  let fault: unknown;
  try {
    const now = clock.now();
    due = await store.due(saleId, now, batchSize);
    for (const orderId of due) inHand.add(orderId);
    // Nothing is done yet: whoever looks next finds the same orders due.
    if (due.length > 0) moved = await store.transition('expired', due, now);
    if (moved.length > 0) {
      events.publish({ type: 'orders', orders: moved });
      const orderIds = moved.map(({ id }) => id);
      // They have ended, and owe their tickets from that very transaction on: `returnTickets` finds them, in this process
      // or in the next leader. So it does when the transition was done and its answer lost.
      await queue.release(saleId, orderIds);
      returned = orderIds.length;
      // The tickets are on sale, and still owed: they are released once more then, which the queue ignores, since none of
      // these orders holds a ticket any more.
      await store.returned(orderIds);
    }
  } catch (error) {
    fault = error;
  } finally {
    for (const orderId of due) inHand.delete(orderId);
  }
  if (returned > 0) await announceStock(ports, saleId);
  return {
    result: {
      step: 'expire',
      saleId,
      expired: moved.length,
      returned,
      ...(returned > 0 ? { lateMs: clock.now() - Math.min(...moved.map(({ payBy }) => payBy)) } : {}),
      ...(fault === undefined ? {} : { fault }),
    },
    // A store that has the same orders due again and again must not keep a sale at it for ever.
    isFull: due.length === batchSize && moved.length > 0 && fault === undefined,
  };
}
