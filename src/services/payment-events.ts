import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Capture, CaptureResult, OrderStore } from '../ports/order-store.ts';
import type { PaymentEvent, Payments, WebhookRefusal } from '../ports/payments.ts';
import type { OrderFinder } from './order-finder.ts';

/** What the provider's messages came to, for logs and metrics. */
export type PaymentNotice =
  | { readonly kind: 'paid'; readonly event: PaymentEvent; readonly order: Order }
  /** The money came too late, or twice: the scheduler gives it back. */
  | { readonly kind: 'refundDue'; readonly event: PaymentEvent; readonly order: Order }
  /** Money for an order that nobody knows. Somebody has to look into it. */
  | { readonly kind: 'unknownOrder'; readonly event: PaymentEvent }
  /** Nothing that concerns an order. */
  | { readonly kind: 'ignored'; readonly event: PaymentEvent };

export interface PaymentEventsPorts {
  readonly payments: Pick<Payments, 'read'>;
  readonly store: Pick<OrderStore, 'capture'>;
  readonly finder: Pick<OrderFinder, 'findStored'>;
  readonly events: Pick<EventBus, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly onNotice: (notice: PaymentNotice) => void;
}

/** Takes the provider's messages (webhooks). */
export class PaymentEvents {
  constructor(private readonly ports: PaymentEventsPorts) {}

  /**
   * `received` when the message needs not come again: it is recorded, or there is nothing to record. One that can't be
   * recorded is a Fault of the store, of the queue or of the catalogue, and has to come again.
   */
  async receive(signature: string, body: Uint8Array): Promise<'received' | WebhookRefusal> {
    const event = this.ports.payments.read(signature, body);
    if (typeof event === 'string') return event;
    this.#tell(event.type === 'captured' ? await this.#capture(event) : { kind: 'ignored', event });
    return 'received';
  }

  async #capture(event: PaymentEvent): Promise<PaymentNotice> {
    const { store, clock } = this.ports;
    const { id: eventId, paymentId, orderId } = event;
    const result = await this.#captureFound({ eventId, paymentId, orderId, at: clock.now() }, store);
    return result.kind === 'unknownOrder' ? { kind: 'unknownOrder', event } : { ...result, event };
  }

  /**
   * An order may be paid before a worker has stored it; then it is stored first. One that neither the store nor the
   * queue's ledger knows was never sold: a ticket leaves the ledger only after its order was stored, and a ledger that
   * is lost or away is a Fault. So it will be as unknown the next time, and the provider is not asked to come again.
   */
  async #captureFound(capture: Capture, store: PaymentEventsPorts['store']): Promise<CaptureResult> {
    const result = await store.capture(capture);
    if (result.kind !== 'unknownOrder') return result;
    const order = await this.ports.finder.findStored(capture.orderId, () => true);
    return order === undefined ? result : store.capture(capture);
  }

  #tell(notice: PaymentNotice): void {
    if (notice.kind === 'paid') this.ports.events.publish({ type: 'orders', orders: [notice.order] });
    this.ports.onNotice(notice);
  }
}
