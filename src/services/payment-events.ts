import { isOrderId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Capture, CaptureResult } from '../ports/order-payments.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { PaymentEvent, Payments, WebhookRefusal } from '../ports/payments.ts';
import type { OrderFinder } from './order-finder.ts';

/** How a message of the provider was handled, for logs and metrics. */
export type PaymentNotice =
  | { readonly kind: 'paid'; readonly event: PaymentEvent; readonly order: Order }
  /** The payment was late: the scheduler buys as many tickets with it, or refunds it. */
  | { readonly kind: 'rebookingDue'; readonly event: PaymentEvent; readonly order: Order }
  /** The order was cancelled, or the payment is a second one: the scheduler refunds it. */
  | { readonly kind: 'refundDue'; readonly event: PaymentEvent; readonly order: Order }
  /** A payment of another amount or currency than the order's: it pays nothing, and is refunded. */
  | { readonly kind: 'mismatch'; readonly event: PaymentEvent; readonly order: Order }
  /** A payment for an order that is not known, or not yet: it was not received, so that the provider repeats it. */
  | { readonly kind: 'unknownOrder'; readonly event: PaymentEvent }
  /** A payment for something that is no order, and never will be: an operator has to investigate it. */
  | { readonly kind: 'foreign'; readonly event: PaymentEvent }
  /** The payment has failed: an order that was kept for it has its own deadline again. */
  | { readonly kind: 'paymentFailed'; readonly event: PaymentEvent }
  /** The message is not about the payment of an order. */
  | { readonly kind: 'ignored'; readonly event: PaymentEvent };

export interface PaymentEventsPorts {
  readonly payments: Pick<Payments, 'read'>;
  readonly store: Pick<OrderStore, 'capture' | 'endHold'>;
  readonly finder: Pick<OrderFinder, 'findStored'>;
  readonly events: Pick<EventBus, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly onNotice: (notice: PaymentNotice) => void;
  /** A message was not handled: it is not authentic, or a fault came first, and the provider has to repeat it. */
  readonly onUnhandled?: (why: 'refused' | 'failed') => void;
}

/** Handles the messages (webhooks) of the payment provider. */
export class PaymentEvents {
  constructor(private readonly ports: PaymentEventsPorts) {}

  /**
   * Returns `received` when the provider need not repeat the message: it is recorded, or there is nothing to record.
   * `unknownOrder`: it has to repeat it, because the order may become known.
   * Errors: Faults of the store, the queue or the catalogue; the provider has to repeat the message.
   */
  async receive(signature: string, body: Uint8Array): Promise<'received' | 'unknownOrder' | WebhookRefusal> {
    const event = this.ports.payments.read(signature, body);
    if (typeof event === 'string') {
      this.ports.onUnhandled?.('refused');
      return event;
    }
    const notice: PaymentNotice = event.type === 'other' ? { kind: 'ignored', event } : await this.#handle(event);
    this.#report(notice);
    return notice.kind === 'unknownOrder' ? 'unknownOrder' : 'received';
  }

  async #handle(event: PaymentEvent): Promise<PaymentNotice> {
    try {
      return await (event.type === 'failed' ? this.#fail(event) : this.#capture(event));
    } catch (error) {
      this.ports.onUnhandled?.('failed');
      throw error;
    }
  }

  async #fail(event: PaymentEvent): Promise<PaymentNotice> {
    if (!isOrderId(event.orderId)) return { kind: 'foreign', event };
    await this.ports.store.endHold(event.orderId);
    return { kind: 'paymentFailed', event };
  }

  async #capture(event: PaymentEvent): Promise<PaymentNotice> {
    if (!isOrderId(event.orderId)) return { kind: 'foreign', event };
    const { store, clock } = this.ports;
    const { id: eventId, paymentId, orderId, amount } = event;
    const result = await this.#captureFound({ eventId, paymentId, orderId, amount, at: clock.now() }, store);
    return result.kind === 'unknownOrder' ? { kind: 'unknownOrder', event } : { ...result, event };
  }

  /**
   * An order that is paid before a worker has stored it is stored first. One that neither the store nor the queue's ledger
   * knows may still be in the log only, as after a ledger was lost for good.
   */
  async #captureFound(capture: Capture, store: PaymentEventsPorts['store']): Promise<CaptureResult> {
    const result = await store.capture(capture);
    if (result.kind !== 'unknownOrder') return result;
    const order = await this.ports.finder.findStored(capture.orderId, () => true);
    return order === undefined ? result : store.capture(capture);
  }

  #report(notice: PaymentNotice): void {
    if (notice.kind === 'paid') this.ports.events.publish({ type: 'orders', orders: [notice.order] });
    this.ports.onNotice(notice);
  }
}
