import type { Order } from '../../domain/order.ts';
import { announceStock } from './announce.ts';
import type { HousekeepingPorts, HousekeepingResult } from './contract.ts';

export type Expired = Extract<HousekeepingResult, { step: 'expire' }>;

export interface ExpiryPorts extends Pick<HousekeepingPorts, 'queue' | 'events'> {
  readonly store: Pick<HousekeepingPorts['store'], 'due' | 'transition' | 'returned'>;
  /** The time by which orders expire, milliseconds since 1970. */
  readonly expiryNow: () => number;
}

export interface ExpiredBatch {
  readonly result: Expired;
  /** More orders may be due. */
  readonly isFull: boolean;
}

/** Expires a sale's orders that have been due the longest, and puts their tickets back on sale. Never rejects. */
export async function expireBatch(
  saleId: string,
  ports: ExpiryPorts,
  batchSize: number,
  expiring: Set<string>,
): Promise<ExpiredBatch> {
  const { store, queue, events, expiryNow } = ports;
  let due: readonly string[] = [];
  let moved: readonly Order[] = [];
  let returned = 0;
  let fault: unknown;
  try {
    const now = expiryNow();
    due = await store.due(saleId, now, batchSize);
    for (const orderId of due) expiring.add(orderId);
    // Nothing has changed yet: a later look finds the same orders due.
    if (due.length > 0) moved = await store.transition('expired', due, now);
    if (moved.length > 0) {
      events.publish({ type: 'orders', orders: moved });
      const orderIds = moved.map(({ id }) => id);
      // The orders have ended and owe their tickets from that transaction on: `returnTickets` finds them, in this
      // process or in the next leader. The same applies if the transition was committed and its answer lost.
      await queue.release(saleId, orderIds);
      returned = moved.reduce((sum, { tickets }) => sum + tickets.length, 0);
      // On failure the tickets are on sale but still recorded as owed: they are then released once more, which the
      // queue ignores, since none of these orders holds a ticket any more.
      await store.returned(orderIds);
    }
  } catch (error) {
    fault = error;
  } finally {
    for (const orderId of due) expiring.delete(orderId);
  }
  if (returned > 0) await announceStock(ports, saleId);
  return {
    result: {
      step: 'expire',
      saleId,
      expired: moved.length,
      returned,
      ...(returned > 0 ? { lateMs: expiryNow() - Math.min(...moved.map(({ payBy }) => payBy)) } : {}),
      ...(fault === undefined ? {} : { fault }),
    },
    // A store that keeps listing the same orders as due must not keep a sale in this loop forever.
    isFull: due.length === batchSize && moved.length > 0 && fault === undefined,
  };
}
