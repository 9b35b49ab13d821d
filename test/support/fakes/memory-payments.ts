import { assertStorableCapture, assertStorableRefund } from '../../../src/adapters/sql/storable.ts';
import { MAX_AMOUNT } from '../../../src/domain/money.ts';
import { type Order, totalOf } from '../../../src/domain/order.ts';
import type {
  Capture,
  CaptureResult,
  OrderPayments,
  RebookingDue,
  Refund,
  RefundDue,
  RefundRequest,
  RefundResult,
  SaleMoney,
} from '../../../src/ports/order-payments.ts';
import { MemoryMismatches } from './memory-mismatches.ts';

interface Payment {
  readonly orderId: string;
  readonly at: number;
  readonly to: 'pay' | 'rebook' | 'refund' | 'refunded';
  /** It has paid another order than the one it came for. */
  readonly isLate?: boolean;
}

interface Requested {
  readonly request: RefundRequest;
  readonly refund: Refund;
  readonly paymentId: string;
  readonly isDone: boolean;
}

/** The orders that the payments are of. */
export interface PaidOrders {
  readonly get: (orderId: string) => Order | undefined;
  readonly ofSale: (saleId: string) => readonly Order[];
  /** Undefined if the order can't be paid. */
  readonly pay: (orderId: string, at: number) => Order | undefined;
  /** Changes an order; the tickets of a live one that ends are owed to the queue. */
  readonly change: (orderId: string, changes: Partial<Order>) => Order;
}

/** The money of the orders in memory: each call is one transaction. */
export class MemoryPayments implements Omit<OrderPayments, 'holdForPayment' | 'endHold'> {
  readonly #payments = new Map<string, Payment>();
  /** The payment of each event. */
  readonly #events = new Map<string, string>();
  readonly #mismatches = new MemoryMismatches();
  readonly #requested = new Map<string, Requested>();

  constructor(private readonly orders: PaidOrders) {}

  async capture(capture: Capture): Promise<CaptureResult> {
    const { eventId, paymentId, orderId, amount, at } = capture;
    assertStorableCapture(capture);
    const found = this.orders.get(orderId);
    if (found === undefined) return { kind: 'unknownOrder' };
    const total = totalOf(found);
    if (total.amount !== amount.amount || total.currency !== amount.currency) {
      this.#mismatches.add(capture, this.#payments.has(paymentId));
      return { kind: 'mismatch', order: found };
    }
    const known = this.#events.get(eventId);
    if (known === undefined) {
      this.#events.set(eventId, paymentId);
      if (!this.#payments.has(paymentId)) this.#add(paymentId, found, at);
    }
    const payment = this.#payments.get(known ?? paymentId) as Payment;
    const kind = (payment.to === 'pay' && 'paid') || (payment.to === 'rebook' && 'rebookingDue') || 'refundDue';
    return { kind, order: this.#order(payment.orderId) };
  }

  async rebookingsDue(limit: number): Promise<readonly RebookingDue[]> {
    return this.#oldest(({ to }) => to === 'rebook')
      .slice(0, limit)
      .map(([paymentId, { orderId }]) => ({ paymentId, order: this.#order(orderId) }));
  }

  async rebooked(paymentId: string, orderId: string, at: number): Promise<'paid' | 'refundDue' | 'unknown'> {
    const payment = this.#payments.get(paymentId);
    if (payment === undefined || this.orders.get(orderId) === undefined) return 'unknown';
    if (payment.to !== 'rebook') return payment.isLate === true ? 'paid' : 'refundDue';
    if (this.orders.pay(orderId, at) === undefined) {
      this.#giveBack(paymentId, payment);
      return 'refundDue';
    }
    this.orders.change(orderId, { rebookOf: payment.orderId });
    this.orders.change(payment.orderId, { rebookedAs: orderId });
    this.#payments.set(paymentId, { ...payment, orderId, to: 'pay', isLate: true });
    return 'paid';
  }

  async notRebooked(paymentId: string): Promise<void> {
    const payment = this.#payments.get(paymentId);
    if (payment?.to === 'rebook') this.#giveBack(paymentId, payment);
  }

  async refund(request: RefundRequest): Promise<RefundResult> {
    assertStorableRefund(request);
    const { id, orderId, returnTickets, at } = request;
    const order = this.orders.get(orderId);
    if (order === undefined) return { kind: 'unknownOrder' };
    const earlier = this.#requested.get(id);
    if (earlier !== undefined) {
      return isSame(earlier.request, request)
        ? { kind: 'refunded', order, refund: earlier.refund, repeated: true }
        : { kind: 'idTaken' };
    }
    const before = order.refunded?.amount ?? 0;
    const left = totalOf(order).amount - before;
    const paymentId = this.#payingFor(orderId);
    if (order.state !== 'paid' || paymentId === undefined || left === 0) return { kind: 'notRefundable', order };
    const { amount: asked, ...rest } = request;
    const amount = asked ?? left;
    if (amount > left) return { kind: 'tooMuch', order, left };
    if (returnTickets && amount < left) return { kind: 'keepsMoney', order, left };
    const { currency } = order.price;
    const refund = { ...rest, amount: { amount, currency } };
    this.#requested.set(id, { request, refund, paymentId, isDone: false });
    const refunded = { amount: before + amount, currency };
    const ended = returnTickets ? ({ state: 'cancelled', endedAt: at } as const) : {};
    return { kind: 'refunded', order: this.orders.change(orderId, { refunded, ...ended }), refund, repeated: false };
  }

  async refundsOf(orderId: string): Promise<readonly Refund[]> {
    return [...this.#requested.values()]
      .filter(({ request }) => request.orderId === orderId)
      .map(({ refund }) => refund)
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  async refundsDue(limit: number): Promise<readonly RefundDue[]> {
    const late = this.#oldest(({ to }) => to === 'refund').map(([paymentId, { orderId, at }]) => {
      const due: RefundDue = { id: paymentId, kind: 'payment', paymentId, orderId, amount: this.#total(orderId) };
      return { at, due };
    });
    const requested = [...this.#requested.values()]
      .filter(({ isDone }) => !isDone)
      .map(({ refund: { id, orderId, amount, at }, paymentId }) => {
        const due: RefundDue = { id, kind: 'request', paymentId, orderId, amount };
        return { at, due };
      });
    return [...late, ...this.#mismatches.due(), ...requested]
      .sort((a, b) => a.at - b.at || (a.due.id < b.due.id ? -1 : 1))
      .slice(0, limit)
      .map(({ due }) => due);
  }

  async refunded({ id, kind }: Pick<RefundDue, 'id' | 'kind'>, at: number): Promise<void> {
    if (kind === 'request') {
      const requested = this.#requested.get(id);
      if (requested === undefined || requested.isDone) return;
      this.#requested.set(id, { ...requested, isDone: true, refund: { ...requested.refund, refundedAt: at } });
      return;
    }
    const payment = this.#payments.get(id);
    if (payment?.to === 'refund') this.#payments.set(id, { ...payment, to: 'refunded' });
    this.#mismatches.refunded(id);
  }

  async money(saleId: string): Promise<SaleMoney> {
    const isOfSale = (orderId: string) => this.orders.get(orderId)?.saleId === saleId;
    const paid = this.orders.ofSale(saleId).filter(({ state }) => state === 'paid');
    const own = [...this.#payments.values()].filter(({ orderId }) => isOfSale(orderId));
    const back = own.filter(({ to }) => to === 'refund' || to === 'refunded');
    const requested = [...this.#requested.values()].filter(({ request }) => isOfSale(request.orderId));
    const wrong = this.#mismatches.of(isOfSale);
    return {
      revenue: sumOf(paid.map((order) => totalOf(order).amount - (order.refunded?.amount ?? 0))),
      captured: sumOf(own.map(({ orderId }) => this.#total(orderId).amount)),
      givenBack: sumOf([
        ...back.map(({ orderId }) => this.#total(orderId).amount),
        ...requested.map(({ refund }) => refund.amount.amount),
      ]),
      refunded: back.length + requested.length + wrong.refunded,
      mismatched: wrong.mismatched,
    };
  }

  #add(paymentId: string, { id: orderId, state }: Order, at: number): void {
    this.#mismatches.supersede(paymentId);
    const isPaid = this.orders.pay(orderId, at) !== undefined;
    const shallRebook = state === 'expired' || state === 'rejected';
    const payment: Payment = { orderId, at, to: (isPaid && 'pay') || (shallRebook ? 'rebook' : 'refund') };
    this.#payments.set(paymentId, payment);
    if (payment.to === 'refund') this.#giveBack(paymentId, payment);
  }

  #giveBack(paymentId: string, payment: Payment): void {
    this.#payments.set(paymentId, { ...payment, to: 'refund' });
    const { id, state, refunded, rebookedAs } = this.#order(payment.orderId);
    const hasEnded = state !== 'reserved' && state !== 'paid';
    if (hasEnded && refunded === undefined && rebookedAs === undefined) {
      this.orders.change(id, { refunded: this.#total(id) });
    }
  }

  #payingFor(orderId: string): string | undefined {
    return [...this.#payments].find(([, payment]) => payment.orderId === orderId && payment.to === 'pay')?.[0];
  }

  #oldest(isWanted: (payment: Payment) => boolean): (readonly [string, Payment])[] {
    return [...this.#payments]
      .filter(([, payment]) => isWanted(payment))
      .sort(([a, { at: first }], [b, { at: second }]) => first - second || (a < b ? -1 : 1));
  }

  #order(orderId: string): Order {
    return this.orders.get(orderId) as Order;
  }

  #total(orderId: string) {
    return totalOf(this.#order(orderId));
  }
}

function isSame(a: RefundRequest, b: RefundRequest): boolean {
  return (
    a.orderId === b.orderId && a.amount === b.amount && a.returnTickets === b.returnTickets && a.reason === b.reason
  );
}

function sumOf(amounts: readonly number[]): number {
  return Math.min(
    MAX_AMOUNT,
    amounts.reduce((sum, amount) => sum + amount, 0),
  );
}
