import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { TicketQueue } from '../ports/ticket-queue.ts';
import type { OrderOutcome } from './order-outcome.ts';

export interface ReturnPorts {
  readonly store: Pick<OrderStore, 'returned'>;
  readonly queue: Pick<TicketQueue, 'release' | 'stock'>;
  readonly events: Pick<EventBus, 'publish'>;
  /** The tickets of an order that has ended could not be returned, or are not known to be; the scheduler will return them. */
  readonly onNotReturned: (fault: unknown, order: Order) => void;
}

export interface CancelPorts extends ReturnPorts {
  readonly store: Pick<OrderStore, 'order' | 'transition' | 'returned'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Cancels a stored order. One conditional update decides between this, payment and expiry. A crash before the update
 * changes nothing; after a crash behind it the order is cancelled and owes its ticket to the queue, the scheduler returns
 * it, and the buyer who tries again gets `ok`. Errors: Fault `unavailable` or `timeout` of the store.
 */
export async function cancelOrder(order: Order, ports: CancelPorts): Promise<OrderOutcome> {
  const { store, events, clock } = ports;
  const [cancelled] = await store.transition('cancelled', [order.id], clock.now());
  if (cancelled === undefined) {
    const current = (await store.order(order.id)) ?? order;
    return { kind: current.state === 'cancelled' ? 'ok' : 'refused', order: current };
  }
  events.publish({ type: 'orders', orders: [cancelled] });
  await returnTickets(cancelled, ports);
  return { kind: 'ok', order: cancelled };
}

/** Never rejects: the order has ended whether its tickets are returned now or later. */
export async function returnTickets(order: Order, { store, queue, events, onNotReturned }: ReturnPorts): Promise<void> {
  const { id, saleId } = order;
  try {
    await queue.release(saleId, [id]);
    // After a crash here the ticket is returned and still owed; the scheduler releases it again, which does nothing.
    const [stock] = await Promise.all([queue.stock(saleId), store.returned([id])]);
    if (stock !== undefined) events.publish({ type: 'stock', saleId, stock });
  } catch (fault) {
    onNotReturned(fault, order);
  }
}
