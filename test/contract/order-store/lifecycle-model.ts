import { type Order, totalOf } from '../../../src/domain/order.ts';
import type { Capture, CaptureResult } from '../../../src/ports/order-payments.ts';
import type { EndState, NewOrder } from '../../../src/ports/order-store.ts';
import { isLive, mayBecome } from '../../support/order-lifecycle.ts';

interface ModelPayment {
  readonly orderId: string;
  refund: 'none' | 'due' | 'done';
  /** It shall buy tickets again. */
  rebook?: boolean;
}

/** The rules of the port for one sale, one order at a time. */
export class LifecycleModel {
  readonly orders = new Map<string, Order>();
  /** The tickets that others hold, by order. */
  readonly owed = new Map<string, readonly number[]>();
  readonly payments = new Map<string, ModelPayment>();
  /** The amounts of captures that were not of their order's total, by payment and order; with the refund. */
  readonly mismatches = new Map<
    string,
    { paymentId: string; readonly orderId: string; refund: ModelPayment['refund'] }
  >();
  readonly #events = new Map<string, string>();
  /** A rejected order holds no key. */
  readonly #keys = new Set<string>();

  store({ order, key }: NewOrder): 'stored' | 'repeated' | 'ticket' | 'key' {
    if (this.orders.has(order.id)) return 'repeated';
    const owner = `${order.userId}/${key}`;
    const live = [...this.orders.values()].filter(({ state }) => isLive(state));
    const held = order.tickets.filter((ticket) => live.some(({ tickets }) => tickets.includes(ticket)));
    const reason = (held.length > 0 && 'ticket') || (this.#keys.has(owner) && 'key') || undefined;
    this.orders.set(order.id, reason === undefined ? order : { ...order, state: 'rejected' });
    if (reason === undefined) this.#keys.add(owner);
    if (reason !== undefined) this.owed.set(order.id, held);
    return reason ?? 'stored';
  }

  /** Whether the order moved. */
  transition(to: EndState, orderId: string, at: number): boolean {
    const order = this.orders.get(orderId);
    if (order === undefined || !mayBecome(order.state, to)) return false;
    this.orders.set(orderId, { ...order, state: to, ...(to === 'paid' ? { paidAt: at } : { endedAt: at }) });
    if (!isLive(to)) this.owed.set(orderId, []);
    return true;
  }

  capture(capture: Capture): { readonly kind: CaptureResult['kind']; orderId?: string } {
    const { eventId, paymentId, orderId, at } = capture;
    const order = this.orders.get(orderId);
    if (order === undefined) return { kind: 'unknownOrder' };
    if (capture.amount.amount !== totalOf(order).amount) {
      this.#mismatch(capture);
      return { kind: 'mismatch', orderId };
    }
    const earlier = this.#events.get(eventId);
    if (earlier === undefined) {
      this.#events.set(eventId, paymentId);
      if (!this.payments.has(paymentId)) {
        for (const one of this.#wrongOnes(paymentId, 'due')) one.refund = 'none';
        this.#pay(paymentId, order, at);
      }
    }
    const payment = this.payments.get(earlier ?? paymentId) as ModelPayment;
    const kind = (payment.rebook && 'rebookingDue') || (payment.refund === 'none' && 'paid') || 'refundDue';
    return { kind, orderId: payment.orderId };
  }

  #pay(paymentId: string, { id: orderId, state }: Order, at: number): void {
    const isPaid = this.transition('paid', orderId, at);
    const rebook = state === 'expired' || state === 'rejected';
    this.payments.set(paymentId, { orderId, refund: isPaid || rebook ? 'none' : 'due', rebook });
    if (state === 'cancelled') this.#giveBack(orderId);
  }

  notRebooked(paymentId: string): void {
    const payment = this.payments.get(paymentId);
    if (payment?.rebook !== true) return;
    [payment.rebook, payment.refund] = [false, 'due'];
    this.#giveBack(payment.orderId);
  }

  /** An order whose money is given back shows it once. */
  #giveBack(orderId: string): void {
    const order = this.orders.get(orderId) as Order;
    this.orders.set(orderId, { ...order, refunded: totalOf(order) });
  }

  refunded(paymentId: string): void {
    const payment = this.payments.get(paymentId);
    if (payment?.refund === 'due') payment.refund = 'done';
    for (const one of this.#wrongOnes(paymentId, 'due')) one.refund = 'done';
  }

  #mismatch({ paymentId, orderId, amount }: Capture): void {
    const key = `${paymentId} ${orderId} ${amount.amount}`;
    if (this.mismatches.has(key)) return;
    const isKnown = this.payments.has(paymentId) || this.#wrongOnes(paymentId).length > 0;
    this.mismatches.set(key, { paymentId, orderId, refund: isKnown ? 'none' : 'due' });
  }

  #wrongOnes(paymentId: string, refund?: ModelPayment['refund']) {
    return [...this.mismatches.values()].filter(
      (one) => one.paymentId === paymentId && (refund === undefined || one.refund === refund),
    );
  }

  due(now: number): readonly Order[] {
    return [...this.orders.values()].filter(({ state, payBy }) => state === 'reserved' && payBy <= now);
  }
}
