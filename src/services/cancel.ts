import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import type { OrderOutcome } from './order-outcome.ts';

export interface CancelPorts {
  readonly store: Pick<OrderStore, 'order' | 'transition' | 'returned'>;
  readonly queue: Pick<TicketQueue, 'release' | 'stock'>;
  readonly events: Pick<EventBus, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
  /** A cancelled order's ticket may not be back on sale yet; the scheduler sees to it. */
  readonly onNotReturned: (fault: unknown, order: Order) => void;
}

/**
 * Cancels a stored order. One conditional update decides between this, payment and expiry. A crash before it: nothing
 * happened. Behind it: the order is cancelled and its row says that the queue is owed a ticket, which the scheduler
 * returns; the buyer who got no answer asks again and hears `ok`.
 */
export async function cancelOrder(order: Order, ports: CancelPorts): Promise<OrderOutcome> {
  const { store, events, clock } = ports;
  const [cancelled] = await store.transition('cancelled', [order.id], clock.now());
  if (cancelled === undefined) {
    const current = (await store.order(order.id)) ?? order;
    return { kind: current.state === 'cancelled' ? 'ok' : 'refused', order: current };
  }
  events.publish({ type: 'orders', orders: [cancelled] });
  await returnTicket(cancelled, ports);
  return { kind: 'ok', order: cancelled };
}

/** The order is cancelled, whether the queue has its ticket back at once or later: a fault here is no fault of the call. */
async function returnTicket(order: Order, { store, queue, events, onNotReturned }: CancelPorts): Promise<void> {
  const { id, saleId } = order;
  try {
    await queue.release(saleId, [id]);
    // A crash here: the ticket is back and still owed. Releasing it again does nothing.
    const [stock] = await Promise.all([queue.stock(saleId), store.returned([id])]);
    if (stock !== undefined) events.publish({ type: 'stock', saleId, stock });
  } catch (fault) {
    onNotReturned(fault, order);
  }
}
